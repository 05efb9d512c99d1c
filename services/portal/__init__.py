"""The portal: pages for people, over the gateway's public API alone."""
