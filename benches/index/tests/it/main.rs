//! The edge: what is found among nodes is what there is, also while they come and go.

mod edge;
