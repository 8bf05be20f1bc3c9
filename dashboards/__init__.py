"""The dashboard: pages -> components -> view models -> texts.

Only pages and components know Solara.
"""
