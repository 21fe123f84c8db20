// Draws the diagrams. Mermaid itself is loaded before this, on the pages that have one; without it what stands in its place stays.
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
    const text = pre.dataset.source;
    try {
      await draw(pre, text);
      pre.parentElement.classList.add("drawn");
    } catch (error) {
      console.error(error);
      pre.textContent = text;
    }
  }
});

const SMALLEST = 0.65;  // of its size: 16 pixels of text become 10

// On a phone, a flow chart from left to right is drawn from top to bottom when that is narrower. What is still too wide
// scrolls sideways instead of shrinking until nobody can read it.
async function draw(pre, text) {
  const drawn = async (source) => {
    pre.removeAttribute("data-processed");
    pre.textContent = source;
    await window.mermaid.run({ nodes: [pre] });
    const svg = pre.querySelector("svg");
    return (svg && svg.viewBox.baseVal.width) || 0;
  };
  const room = pre.parentElement.clientWidth - 24;
  const turned = text.replace(/^(\s*(?:flowchart|graph) )(LR|TB|TD)\b/m, (_, word, way) => word + (way === "LR" ? "TB" : "LR"));
  let width = await drawn(text);
  if (SMALLEST * width > room && turned !== text) {
    const other = await drawn(turned);
    width = other && other < width ? other : await drawn(text);
  }
  if (width) pre.querySelector("svg").style.minWidth = `${Math.min(width, Math.max(room, SMALLEST * width))}px`;
}

// What scrolls sideways can be reached with the keyboard.
function reachable() {
  let count = 0;
  for (const box of document.querySelectorAll(".pst-scrollable-table-container")) {
    if (box.scrollWidth <= box.clientWidth) continue;
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", `Table ${++count}, scrolls sideways`);
  }
}
window.addEventListener("load", reachable);
window.addEventListener("resize", reachable);

// A button that opens an answer is called like it; aria-expanded says the rest.
window.addEventListener("load", () => {
  for (const button of document.querySelectorAll(".admonition-title > .toggle-button")) {
    button.setAttribute("aria-label", button.parentElement.textContent.trim());
  }
});

// The theme takes the focus away from its switch at each press; with the keyboard it has to stay.
document.addEventListener("click", (event) => {
  const button = event.target.closest(".theme-switch-button");
  if (button && event.detail === 0) setTimeout(() => button.focus());
}, true);
