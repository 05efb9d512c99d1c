"""Awards of appraised cities (奖励, TR-26): a fund reserves, commits and pays what the published appraisal granted."""
