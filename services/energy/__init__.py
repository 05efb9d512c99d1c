"""Owns enterprises, metering, readings and their conversion to standard coal (能耗在线监测)."""
