"""The projection: read-model of target progress by region (目标进度)."""
