//! Rule sets as data, and what they make of what is known.
