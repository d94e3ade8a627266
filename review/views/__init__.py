"""Pages, one file each. A view checks who asks, calls one action or query, and renders."""
