use orchestrated::workflow;

workflow! {
    workflow Notify(text: String) {
        tool fn notify(text) { println!("{text}") }
        fn split(text) -> (head: String, tail: String) { (text.clone(), String::new()) }
        tool fn log(notify) { println!("{notify:?}") }
        tool fn show(split) { println!("{split:?}") }
        tool fn both(head, tail) { println!("{head}{tail}") }
    }
}

fn main() {}
