//! Nothing: the package is its test and its demo.
