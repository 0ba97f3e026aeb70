use orchestrated::workflow;

workflow! {
    workflow Ping(n: u32) -> u32 {
        flow pong = Pong { n };
        pong
    }
    workflow Pong(n: u32) -> u32 {
        flow ping = Ping { n };
        ping
    }
}

fn main() {}
