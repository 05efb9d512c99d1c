"""Energy as lists: any span, page by page, as CSV or XLSX through the gateway's export; a meter's raw readings."""
