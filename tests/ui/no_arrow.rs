use orchestrated::workflow;

struct Report;

workflow! {
    workflow Publish(text: String) Report {
        agent fn report(text) Report { drop(text); Report }
        fn split(text) (head: String, tail: String) { (text.clone(), text.clone()) }
        tool fn show(head, tail) { println!("{head}{tail}") }
        report
    }
}

fn main() {}
