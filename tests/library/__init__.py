"""What the library promises: Modules 01 to 05 and the engine."""
