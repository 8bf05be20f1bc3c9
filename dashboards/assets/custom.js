// Zoom must be possible (WCAG 1.4.4): Solara's page forbids it.
document
  .querySelector('meta[name="viewport"]')
  .setAttribute("content", "width=device-width, initial-scale=1");
document.documentElement.lang =
  new URLSearchParams(window.location.search).get("lang") === "en" ? "en" : "nl";
