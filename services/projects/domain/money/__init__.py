"""Special funds (专项资金) and the subsidies (贴息、补助) that projects get from them: TR-19 to TR-22, X-11, G-7."""
