use std::borrow::Cow;

use orchestrated::workflow;

struct App {
    name: String,
}

workflow! {
    workflow Count(app: &App, text: &mut String, page: Cow<'_, str>, title: &'static str) -> usize {
        #[spawn]
        tool fn named(app, title) -> usize { app.name.len() + title.len() }
        #[blocking]
        fn cut(text) -> usize { text.pop(); text.len() }
        #[spawn]
        fn letters(page) -> usize { page.len() }
        fn words(title) -> Vec<&str> { title.split(' ').collect() }
        #[spawn]
        fn long(words) -> usize { words.len() }
        #[blocking]
        fn first(title) -> Option<&str> { title.split(' ').next() }
        named + cut + letters + long + first.map_or(0, str::len)
    }
}

fn main() {}
