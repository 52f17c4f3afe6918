"""Published regularities: what is known of real markets, and how it is measured on this one. A file a group."""
