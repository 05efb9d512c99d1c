"""Which enterprise's feed is silent: nothing has arrived from it for a while (EN-14)."""
