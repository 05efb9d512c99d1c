"""Performance appraisal of the cities' technology renovation (技改绩效考核), TR-24 to TR-26, and `summonses`."""
