// Draws the diagrams. Mermaid itself is loaded before this, on the pages that have one; without it the text stays.
document.addEventListener("DOMContentLoaded", async () => {
  const diagrams = document.querySelectorAll("pre.mermaid");
  if (!diagrams.length || !window.mermaid) return;
  window.mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    theme: "base",
    themeVariables: {
      fontSize: "16px",
      primaryColor: "#eaf3f9",
      primaryBorderColor: "#0072B2",
      primaryTextColor: "#1a1a1a",
      lineColor: "#444444",
      textColor: "#1a1a1a",
      clusterBkg: "#fafafa",
      clusterBorder: "#888888",
    },
  });
  for (const pre of diagrams) {
    const text = pre.textContent;
    try {
      await window.mermaid.run({ nodes: [pre] });
      pre.parentElement.classList.add("drawn");
      // On a phone a wide diagram scrolls sideways instead of shrinking until nobody can read it.
      const svg = pre.querySelector("svg");
      const width = svg && svg.viewBox.baseVal.width;
      if (width) svg.style.minWidth = `${Math.min(width, Math.max(560, 0.8 * width))}px`;
    } catch (error) {
      console.error(error);
      pre.textContent = text;
    }
  }
});

// What scrolls sideways can be reached with the keyboard.
function reachable() {
  for (const box of document.querySelectorAll(".pst-scrollable-table-container")) {
    if (box.scrollWidth <= box.clientWidth) continue;
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", "Table, scrolls sideways");
  }
}
window.addEventListener("load", reachable);
window.addEventListener("resize", reachable);
