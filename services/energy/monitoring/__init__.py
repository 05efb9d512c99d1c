"""Online monitoring of key energy users (能耗在线监测, EN-14): who counts as online on a day, which feed is silent."""
