//! Cutting a call short, as the crash of an agent does.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;

/// Where a call is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// How often it is polled.
    pub polls: usize,
    /// Whether what it waits for still happens before it is dropped: the back end answers, nobody listens.
    pub answered: bool,
}

/// Runs `call` up to the cut and drops it there; its answer when it was done before.
pub async fn cut<F: Future>(cut: Cut, call: F) -> Option<F::Output> {
    let mut call = pin!(call);
    let mut left = cut.polls;
    std::future::poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match call.as_mut().poll(context) {
            Poll::Ready(answer) => Poll::Ready(Some(answer)),
            Poll::Pending if left == 0 && !cut.answered => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_call_gets_as_far_as_it_is_polled() {
        for (polls, reached, done) in [(0, 0, false), (1, 1, false), (2, 2, false), (3, 3, true)] {
            let steps = AtomicUsize::new(0);
            let call = async {
                for step in 1..=3 {
                    steps.store(step, Ordering::SeqCst);
                    if step < 3 {
                        tokio::task::yield_now().await;
                    }
                }
            };
            let outcome = cut(Cut { polls, answered: polls % 2 == 0 }, call).await;
            assert_eq!((steps.load(Ordering::SeqCst), outcome.is_some()), (reached, done));
        }
    }
}
