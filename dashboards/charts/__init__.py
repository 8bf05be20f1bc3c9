"""Charts drawn as SVG by the server: text stays text, and the download is the very picture."""
