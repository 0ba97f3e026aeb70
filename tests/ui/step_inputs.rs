use orchestrated::workflow;

workflow! {
    workflow Publish(mut text: String, _: usize, (a, b): (u8, u8)) -> String {
        tool fn draft(&text) -> String { text.clone() }
        tool fn second(text.name) -> String { text.clone() }
        tool fn third(self) -> String { String::new() }
        tool fn fourth(mut text) -> String { text.clone() }
        tool fn fifth(text draft) -> String { text.clone() }
        tool fn sixth(#[doc = "x"] text) -> String { text.clone() }
        draft
    }
}

fn main() {}
