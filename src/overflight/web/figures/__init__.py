"""Figures drawn on the server: SVG that stands in the page, and PNG of it."""
