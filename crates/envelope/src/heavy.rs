use kernel::{Error, Result};
use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};
use tokio::{sync::Semaphore, task, time};

/// Work of the processor that takes longer than a request may hold up the others of its worker: it runs on a thread of its own, and only
/// so much of it at once as the machine has room for. Later work waits for a place, and is refused (503) when that takes too long.
pub struct Heavy {
    places: Arc<Semaphore>,
    patience: Duration,
}

/// Files that are read and written, and what is searched through in memory: two at once, since each may take some hundred megabytes.
static FILES: LazyLock<Heavy> = LazyLock::new(|| Heavy::new(2, Duration::from_secs(20)));

/// Runs work over a whole file or a whole table of a company off the workers.
///
/// # Errors
/// 503 when no place is free in time.
pub async fn off_the_workers<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    FILES.run(work).await
}

impl Heavy {
    #[must_use]
    pub fn new(places: usize, patience: Duration) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), patience }
    }

    /// Runs `work`, which keeps its place until it is done: whoever goes away meanwhile makes no room for another.
    ///
    /// # Errors
    /// 503 when no place is free in time.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let place = time::timeout(self.patience, self.places.clone().acquire_owned()).await;
        let place = place.map_err(|_| Error::unavailable("too much heavy work at once"))?.map_err(Error::internal)?;
        let done = task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        });
        done.await.map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::Heavy;
    use std::{sync::mpsc, time::Duration};

    #[tokio::test]
    async fn work_that_nobody_waits_for_any_more_keeps_its_place() {
        let heavy = Heavy::new(1, Duration::from_millis(50));
        let (begun, has_begun) = mpsc::channel();
        let (end, may_end) = mpsc::channel::<()>();
        let abandoned = heavy.run(move || {
            begun.send(()).unwrap();
            may_end.recv().unwrap();
        });
        assert!(tokio::time::timeout(Duration::from_millis(10), abandoned).await.is_err());
        has_begun.recv().unwrap();
        assert_eq!(heavy.run(|| 1).await.unwrap_err().code(), kernel::Code::Unavailable);
        end.send(()).unwrap();
        let patient = Heavy { places: heavy.places.clone(), patience: Duration::from_secs(60) };
        assert_eq!(patient.run(|| 2).await.unwrap(), 2);
    }
}
