"""Changes of what a meter counts by: another device, ratio (倍率), interval or direction from a moment on."""
