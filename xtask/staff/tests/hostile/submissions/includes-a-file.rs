//! quest: 3
//! earns: 0
//! tries: to compile the course's solution into itself

include!(r"{COURSE}/solutions/src/quest_03_queue.rs");
