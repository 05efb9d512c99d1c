"""Match (对接): a need and an offer brought together, from the introduction to a result or a refusal."""
