//! Where the shipped data comes from: this file wrote it, and `--generate DIR` writes it again, byte for byte.
//!
//! All of it is made up: an online shop that sells in twelve countries during the first half of 2025. The random
//! numbers come from a fixed seed and only whole numbers are used, so that the outcome is the same on every machine.

use std::{fmt::Write, fs, path::Path};

use crate::error::AnalyticsError;

/// A country, and how the shop does there.
struct Country {
    name: &'static str,
    region: &'static str,
    /// Adults who are online, in thousands.
    adults: u64,
    /// Of 100 users.
    share: u64,
    /// The price level, in the currency's smallest unit for ten euros.
    ten_euros: u64,
    /// Of 1,000 visits that put something into the cart, how many end in a purchase.
    buys: u64,
    /// What the whole market spends in a month, in thousands of euros.
    market: u64,
}

#[rustfmt::skip]
const COUNTRIES: [Country; 12] = [
    Country { name: "Australia",      region: "Asia-Pacific", adults: 19_800,  share: 6,  ten_euros: 1_650,   buys: 390, market: 62 },
    Country { name: "Brazil",         region: "Americas",     adults: 142_000, share: 9,  ten_euros: 5_900,   buys: 290, market: 118 },
    Country { name: "Canada",         region: "Americas",     adults: 29_500,  share: 7,  ten_euros: 1_480,   buys: 380, market: 77 },
    Country { name: "France",         region: "Europe",       adults: 49_800,  share: 10, ten_euros: 1_000,   buys: 360, market: 104 },
    Country { name: "Germany",        region: "Europe",       adults: 64_100,  share: 14, ten_euros: 1_000,   buys: 410, market: 131 },
    Country { name: "India",          region: "Asia-Pacific", adults: 512_000, share: 8,  ten_euros: 91_000,  buys: 240, market: 143 },
    Country { name: "Japan",          region: "Asia-Pacific", adults: 92_400,  share: 8,  ten_euros: 1_620,   buys: 350, market: 126 },
    Country { name: "Mexico",         region: "Americas",     adults: 73_600,  share: 6,  ten_euros: 20_800,  buys: 270, market: 69 },
    Country { name: "Poland",         region: "Europe",       adults: 28_900,  share: 6,  ten_euros: 4_250,   buys: 330, market: 41 },
    Country { name: "South Korea",    region: "Asia-Pacific", adults: 41_700,  share: 5,  ten_euros: 15_700,  buys: 400, market: 88 },
    Country { name: "United Kingdom", region: "Europe",       adults: 51_900,  share: 9,  ten_euros: 840,     buys: 370, market: 112 },
    Country { name: "United States",  region: "Americas",     adults: 248_000, share: 12, ten_euros: 1_080,   buys: 400, market: 236 },
];

const USERS: u64 = 2_500;
const EVENTS: usize = 60_000;
/// The days of the first half of 2025.
const DAYS: u64 = 181;

/// A generator of random numbers, small enough to be read: a counter whose bits are mixed (`splitmix64`).
struct Random(u64);

impl Random {
    /// A number below `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) % end
    }
}

/// A file of the shipped data: its name and its text.
pub(crate) type File = (&'static str, String);

/// Writes the data files into a folder.
pub(crate) fn write(folder: &Path) -> Result<(), AnalyticsError> {
    let generate = |path: &Path, source| AnalyticsError::Generate {
        path: path.to_path_buf(),
        source,
    };
    fs::create_dir_all(folder).map_err(|source| generate(folder, source))?;
    for (name, text) in files() {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|source| generate(&path, source))?;
    }
    Ok(())
}

/// The data files.
pub(crate) fn files() -> [File; 4] {
    let mut random = Random(2025);
    let users = users(&mut random);
    let events = events(&mut random, &users);
    let mut text = String::from("id,country,joined\n");
    for (id, user) in (1..).zip(&users) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{id},{},{}", user.country.name, user.joined);
    }
    [
        ("users.csv", text),
        ("events.csv", events),
        ("demographics.csv", demographics()),
        ("market.csv", market(&mut random)),
    ]
}

struct User {
    country: &'static Country,
    /// The day of the year 2025, or 0 for those who joined before.
    joined: u64,
    /// How often the user comes, compared with others.
    weight: u64,
}

fn users(random: &mut Random) -> Vec<User> {
    let shares: u64 = COUNTRIES.iter().map(|country| country.share).sum();
    let user = |_| {
        let mut at = random.below(shares);
        let country = COUNTRIES.iter().find(|country| {
            let here = at < country.share;
            at = at.saturating_sub(country.share);
            here
        });
        // Two of three were there before; few come often.
        let old = random.below(3) < 2;
        let joined = if old { 0 } else { 1 + random.below(DAYS - 10) };
        let weight = 1 + random.below(4) * random.below(6);
        let country = country.unwrap_or(&COUNTRIES[0]);
        User {
            country,
            joined,
            weight,
        }
    };
    (0..USERS).map(user).collect()
}

fn events(random: &mut Random, users: &[User]) -> String {
    let tickets: Vec<usize> = users
        .iter()
        .enumerate()
        .flat_map(|(index, user)| {
            std::iter::repeat_n(index, usize::try_from(user.weight).unwrap_or(1))
        })
        .collect();
    // One event a row: the day, the number of the user, what was done, and what was paid.
    let mut rows = Vec::with_capacity(EVENTS);
    while rows.len() < EVENTS {
        let index = tickets[usize::try_from(random.below(tickets.len() as u64)).unwrap_or(0)];
        let user = &users[index];
        let day = day(random, user);
        rows.push((day, index + 1, "view", None));
        for _ in 0..random.below(3) {
            rows.push((day, index + 1, "view", None));
        }
        if random.below(100) < 30 {
            rows.push((day, index + 1, "cart", None));
            if random.below(1_000) < user.country.buys {
                let tenths = 4 + random.below(40) + random.below(40);
                let amount = user.country.ten_euros * tenths / 10
                    + random.below(user.country.ten_euros / 10);
                rows.push((day, index + 1, "buy", Some(amount)));
            }
        }
    }
    rows.truncate(EVENTS);
    // In the order of the days; within a day as it came.
    rows.sort_by_key(|row| row.0);
    let mut text = String::from("user,day,kind,amount\n");
    for (day, user, kind, amount) in rows {
        let amount = amount.map_or_else(String::new, |amount: u64| amount.to_string());
        let _ = writeln!(text, "{user},{day},{kind},{amount}");
    }
    text
}

/// A day on which a user comes: more often late in the half-year, most in Europe, and after a sale in spring.
fn day(random: &mut Random, user: &User) -> u64 {
    let first = user.joined.max(1);
    let span = DAYS - first + 1;
    let mut offset = random.below(span);
    let growth = match user.country.region {
        "Europe" => 45,
        "Asia-Pacific" => 30,
        _ => 15,
    };
    if random.below(100) < growth {
        offset = offset.max(random.below(span));
    }
    let day = first + offset;
    // The sale: two weeks of April draw visitors from the weeks before.
    if (85..99).contains(&day) && random.below(100) < 45 {
        day + 14
    } else {
        day
    }
}

fn demographics() -> String {
    let mut text = String::from("country,region,adults_online_thousands\n");
    for country in &COUNTRIES {
        let _ = writeln!(
            text,
            "{},{},{}",
            country.name, country.region, country.adults
        );
    }
    text
}

/// For each country and month: what the market spends, and what the currency's smallest unit is worth.
fn market(random: &mut Random) -> String {
    let mut text = String::from("country,month,spend_thousand_euros,microcents_per_unit\n");
    for country in &COUNTRIES {
        for month in 1..=6 {
            let spend = country.market * (95 + 2 * month + random.below(7)) / 100;
            // Ten euros are a thousand cents, which are a thousand million millionths of a cent.
            let par = 1_000_000_000 / country.ten_euros;
            let rate = if country.ten_euros == 1_000 {
                par
            } else {
                par * (980 + random.below(41)) / 1_000
            };
            let _ = writeln!(text, "{},{month},{spend},{rate}", country.name);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_data_is_what_this_file_writes() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data_analytics/data");
        for (name, text) in files() {
            let shipped = fs::read_to_string(folder.join(name)).unwrap();
            // Some tools end lines in another way when they check files out.
            assert!(
                shipped.replace("\r\n", "\n") == text,
                "`{name}` differs: write it again with `--generate`"
            );
        }
    }

    #[test]
    fn there_are_at_least_fifty_thousand_events() {
        let [_, (name, events), _, _] = files();
        assert_eq!(name, "events.csv");
        assert!(events.lines().count() > 50_000);
    }
}
