use orchestrated::workflow;

struct App;

workflow! {
    workflow X(app: &App, names: Vec<String>, limit: u32) -> Result<u32, std::fmt::Error> {
        #[when(limit)]
        tool fn one(limit) -> u32 { *limit }

        #[idempotent]
        #[retry(attempts = 3, backoff = *limit)]
        #[timeout(limit.to_string())]
        #[fallback(limit + 1)]
        tool fn two(limit) -> Result<u32, std::fmt::Error> { Ok(*limit) }

        #[repeat(max = 3, until = three)]
        tool fn three(names) -> usize { names.len() }

        #[default("none")]
        tool fn four(names) -> Result<usize, std::fmt::Error> { Ok(names.len()) }

        #[rollback(five + 1)]
        tool fn five(names) -> usize { names.len() }

        #[idempotent]
        #[cache]
        tool fn six(app, names) -> usize { let _ = app; names.len() }

        #[idempotent]
        #[cache(key = 1.5)]
        tool fn seven(names) -> usize { names.len() }

        #[each(digit in limit)]
        tool fn eight(limit) -> u32 { digit + limit }

        Ok(one.unwrap_or(0) + two + u32::try_from(three + four + five + six + seven).unwrap_or(0) + eight[0])
    }
}

fn main() {}
