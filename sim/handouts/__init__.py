"""One page that plays without a server: a grid run beforehand, drawn by the page itself."""
