//! why: A turn swaps two lists, and a wake looks into both; `block_on` parks without a flag, so may poll too often.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::mem;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Wake, Waker};

use timeline::sync::{Arc, Mutex};
use timeline::thread::{self, Thread};

pub type Task<T = ()> = Pin<Box<dyn Future<Output = T>>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stalled: {pending} pending, none woken")]
pub struct Stalled {
    pub pending: usize,
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

#[derive(Default)]
struct Lists {
    this_turn: VecDeque<u32>,
    next_turn: VecDeque<u32>,
    above: Option<Waker>,
}

struct Note {
    number: u32,
    lists: Arc<Mutex<Lists>>,
}

impl Wake for Note {
    fn wake(self: Arc<Self>) {
        let mut lists = self.lists.lock().unwrap();
        if lists.this_turn.contains(&self.number) || lists.next_turn.contains(&self.number) {
            return;
        }
        lists.next_turn.push_back(self.number);
        let above = lists.above.clone();
        drop(lists);
        above.inspect(Waker::wake_by_ref);
    }
}

struct Entry {
    number: u32,
    /// Empty while the task is polled.
    task: Option<Task>,
}

#[derive(Clone, Default)]
pub struct EventLoop {
    entries: Rc<RefCell<(u32, Vec<Entry>)>>,
    lists: Arc<Mutex<Lists>>,
}

impl EventLoop {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        let mut entries = self.entries.borrow_mut();
        let number = entries.0;
        entries.0 += 1;
        entries.1.push(Entry { number, task: Some(Box::pin(task)) });
        drop(entries);
        self.waker(number).wake();
    }

    /// A new waker at every poll is right too.
    fn waker(&self, number: u32) -> Waker {
        Waker::from(Arc::new(Note { number, lists: Arc::clone(&self.lists) }))
    }

    pub fn turn(&self) -> usize {
        let mut lists = self.lists.lock().unwrap();
        lists.this_turn = mem::take(&mut lists.next_turn);
        drop(lists);
        let mut polled = 0;
        loop {
            let next = self.lists.lock().unwrap().this_turn.pop_front();
            let Some(number) = next else { return polled };
            let find = |entry: &mut Entry| (entry.number == number).then(|| entry.task.take()).flatten();
            let Some(mut task) = self.entries.borrow_mut().1.iter_mut().find_map(find) else { continue };
            polled += 1;
            let ready = task.as_mut().poll(&mut Context::from_waker(&self.waker(number))).is_ready();
            let entries = &mut self.entries.borrow_mut().1;
            let Some(place) = entries.iter().position(|entry| entry.number == number) else { continue };
            if ready {
                entries.remove(place);
            } else {
                entries[place].task = Some(task);
            }
        }
    }

    pub fn pending(&self) -> usize {
        self.entries.borrow().1.len()
    }

    pub fn run(&self) -> Result<(), Stalled> {
        loop {
            match (self.pending(), self.turn()) {
                (0, _) => return Ok(()),
                (pending, 0) => return Err(Stalled { pending }),
                _ => {}
            }
        }
    }
}

pub async fn custom_event_loop<T: 'static>(tasks: Vec<Task<T>>) -> Vec<T> {
    let event_loop = EventLoop::new();
    let values: Vec<Rc<RefCell<Option<T>>>> = tasks.iter().map(|_| Rc::default()).collect();
    for (task, value) in tasks.into_iter().zip(values.clone()) {
        event_loop.spawn(async move { *value.borrow_mut() = Some(task.await) });
    }
    while event_loop.pending() > 0 {
        // One turn, then give the thread back: ready at once only if the turn left nothing to wait for.
        let mut turned = false;
        poll_fn(|context| {
            event_loop.lists.lock().unwrap().above = Some(context.waker().clone());
            if mem::replace(&mut turned, true) {
                return Poll::Ready(());
            }
            event_loop.turn();
            if event_loop.pending() == 0 { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
    values.iter().map(|value| value.take().unwrap()).collect()
}
