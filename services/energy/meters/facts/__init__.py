"""Events of a meter (`events`) and the life that they make of it (`life`)."""
