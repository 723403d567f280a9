//! quest: 3
//! earns: 0
//! tries: a name that the compiler takes for another, to compile the course's solution into itself

use std::include as K;

K!(r"{COURSE}/solutions/src/quest_03_queue.rs");
