"""Pieces of pages: Solara components that draw what view models say."""
