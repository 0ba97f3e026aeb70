use std::{io, sync::mpsc, thread};

use tokio::sync::mpsc as channel;

/// Reads a line, with its end, and says how many bytes that were: none at the end of the input.
pub(super) type ReadLine = Box<dyn FnMut(&mut Vec<u8>) -> io::Result<usize> + Send>;

/// The lines of an input that blocks: read on a thread of their own, each when somebody wants it.
pub(super) struct Lines {
    /// Until the thread is started, at the first line.
    input: Option<ReadLine>,
    reader: Option<Reader>,
}

struct Reader {
    wanted: mpsc::Sender<()>,
    read: channel::UnboundedReceiver<Line>,
    /// A line was wanted, and has not been taken.
    begun: bool,
}

/// None at the end of the input.
type Line = io::Result<Option<String>>;

impl Lines {
    pub(super) fn new(input: ReadLine) -> Self {
        Self {
            input: Some(input),
            reader: None,
        }
    }

    /// Whether somebody has wanted a line and is gone, and it has not come yet. One that has come is thrown away.
    pub(super) fn begun(&mut self) -> bool {
        self.reader.as_mut().is_some_and(|reader| {
            reader.begun = reader.begun && reader.read.try_recv().is_err();
            reader.begun
        })
    }

    /// The next line. To stop waiting for it leaves it begun.
    pub(super) async fn next(&mut self) -> Line {
        if let Some(input) = self.input.take() {
            self.reader = Some(Reader::start(input)?);
        }
        let ended = || Err(io::Error::other("nobody reads the input any more"));
        let Some(reader) = &mut self.reader else {
            return ended();
        };
        if !reader.begun && reader.wanted.send(()).is_err() {
            return ended();
        }
        reader.begun = true;
        let line = reader.read.recv().await;
        reader.begun = false;
        line.unwrap_or_else(ended)
    }
}

impl Reader {
    /// The thread ends with this, unless it waits for a line: then it ends with that.
    fn start(mut input: ReadLine) -> io::Result<Self> {
        let (wanted, wants) = mpsc::channel();
        let (lines, read) = channel::unbounded_channel();
        let reads = move || {
            while wants.recv().is_ok() && lines.send(line(&mut input)).is_ok() {}
        };
        let name = "orchestrated-terminal".to_owned();
        thread::Builder::new().name(name).spawn(reads)?;
        Ok(Self {
            wanted,
            read,
            begun: false,
        })
    }
}

fn line(input: &mut ReadLine) -> Line {
    let mut line = Vec::new();
    let bytes = input(&mut line)?;
    // What is no text is for people to say again, and no reason to give up.
    Ok((bytes > 0).then(|| String::from_utf8_lossy(&line).into_owned()))
}

#[cfg(test)]
mod tests {
    use std::io::BufRead as _;

    use futures::{FutureExt as _, executor::block_on};

    use super::*;

    fn lines(mut input: impl io::BufRead + Send + 'static) -> Lines {
        Lines::new(Box::new(move |line| input.read_until(b'\n', line)))
    }

    #[test]
    fn lines_come_until_the_end() {
        let mut lines = lines(&b"a\n\nb\xff\nc"[..]);
        block_on(async {
            for line in ["a\n", "\n", "b\u{fffd}\n", "c"] {
                assert_eq!(lines.next().await.unwrap().as_deref(), Some(line));
            }
            assert_eq!(lines.next().await.unwrap(), None);
            // An end may be asked for again.
            assert_eq!(lines.next().await.unwrap(), None);
        });
    }

    #[test]
    fn nothing_is_read_before_it_is_wanted() {
        let (to, from) = mpsc::channel::<()>();
        let mut lines = Lines::new(Box::new(move |_| {
            let _ = to.send(());
            Ok(0)
        }));
        assert!(from.try_recv().is_err());
        assert_eq!(block_on(lines.next()).unwrap(), None);
        assert_eq!(from.recv(), Ok(()));
        drop(lines);
        // The thread has ended, and its input with it.
        assert!(from.recv().is_err());
    }

    #[test]
    fn a_line_that_was_begun_is_the_next_one() {
        let (to, from) = mpsc::channel::<&[u8]>();
        let mut lines = Lines::new(Box::new(move |line| {
            let mut typed = from.recv().unwrap_or_default();
            typed.read_until(b'\n', line)
        }));
        assert!(!lines.begun());
        assert!(lines.next().now_or_never().is_none());
        assert!(lines.begun());
        to.send(b"a\n").unwrap();
        to.send(b"b\n").unwrap();
        assert_eq!(block_on(lines.next()).unwrap().as_deref(), Some("a\n"));
        assert!(!lines.begun());
        assert_eq!(block_on(lines.next()).unwrap().as_deref(), Some("b\n"));
    }

    #[test]
    fn an_input_that_breaks_is_an_error() {
        let mut broken = Lines::new(Box::new(|_| Err(io::Error::other("no such device"))));
        assert_eq!(
            block_on(broken.next()).unwrap_err().to_string(),
            "no such device"
        );
        let mut panics = Lines::new(Box::new(|_| panic!("on purpose")));
        for _ in 0..2 {
            let error = block_on(panics.next()).unwrap_err();
            assert_eq!(error.to_string(), "nobody reads the input any more");
        }
    }
}
