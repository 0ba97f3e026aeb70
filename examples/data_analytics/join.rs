//! Joins the four sources, and parts the outcome by region.

use std::collections::{BTreeMap, HashMap};

use crate::{
    error::{AnalyticsError, blocking},
    feeds::{Demographics, MONTHS, Markets, Region},
    warehouse::{Event, Kind, User},
};

/// The days of each month of the half-year.
const DAYS: [u16; MONTHS] = [31, 28, 31, 30, 31, 30];

/// All that is known about one region.
#[derive(Debug)]
pub(crate) struct Partition {
    /// The region.
    pub(crate) region: Region,
    /// Its countries, by name.
    pub(crate) countries: Vec<Country>,
    /// What was done there, in the order of the events.
    pub(crate) actions: Vec<Action>,
}

impl Partition {
    fn new(region: Region) -> Self {
        Self {
            region,
            countries: Vec::new(),
            actions: Vec::new(),
        }
    }
}

/// A country, with what the feeds say about it.
#[derive(Debug)]
pub(crate) struct Country {
    /// Its name.
    pub(crate) name: String,
    /// The adults who are online, in thousands.
    pub(crate) adults: u64,
    /// What its market spent in the half-year, in thousands of euros.
    pub(crate) market: u64,
    /// Its users who opened their account within the half-year.
    pub(crate) joined: u64,
}

/// Something that a user did, in terms that hold in every country.
#[derive(Debug)]
pub(crate) struct Action {
    /// The place of the country in its partition.
    pub(crate) country: usize,
    /// The number of the user.
    pub(crate) user: i64,
    /// The day of the half-year, from 1.
    pub(crate) day: u16,
    /// What was done.
    pub(crate) kind: Kind,
    /// What was paid, in euro cents.
    pub(crate) cents: i64,
}

/// One partition a region: the Americas, Asia-Pacific, Europe.
pub(crate) type Partitions = (Partition, Partition, Partition);

/// Joins users, events, demographics and markets.
pub(crate) async fn by_region(
    users: Vec<User>,
    events: Vec<Event>,
    demographics: Demographics,
    markets: Markets,
) -> Result<Partitions, AnalyticsError> {
    blocking("join", move || {
        join(&users, &events, &demographics, &markets)
    })
    .await
}

fn join(
    users: &[User],
    events: &[Event],
    demographics: &Demographics,
    markets: &Markets,
) -> Result<Partitions, AnalyticsError> {
    let mut partitions =
        [Region::Americas, Region::AsiaPacific, Region::Europe].map(Partition::new);
    // Where each country is: in which partition, and where in that.
    let mut places = BTreeMap::new();
    for (name, population) in demographics {
        let market = markets.get(name).ok_or_else(|| mismatch("market", name))?;
        let countries = &mut partitions[population.region as usize].countries;
        places.insert(
            name.as_str(),
            (population.region as usize, countries.len(), market),
        );
        countries.push(Country {
            name: name.clone(),
            adults: population.adults,
            market: market.spend.iter().sum(),
            joined: 0,
        });
    }
    let mut homes = HashMap::with_capacity(users.len());
    for user in users {
        let place = places
            .get(user.country.as_str())
            .ok_or_else(|| mismatch("demographics", &user.country))?;
        if user.joined > 0 {
            partitions[place.0].countries[place.1].joined += 1;
        }
        homes.insert(user.id, *place);
    }
    for event in events {
        let (partition, country, market) =
            homes.get(&event.user).ok_or_else(|| nobody(event.user))?;
        let rate = market.rate[month(event.day)];
        partitions[*partition].actions.push(Action {
            country: *country,
            user: event.user,
            day: event.day,
            kind: event.kind,
            cents: event.amount.map_or(0, |amount| to_cents(amount, rate)),
        });
    }
    let [americas, asia_pacific, europe] = partitions;
    Ok((americas, asia_pacific, europe))
}

fn mismatch(feed: &str, country: &str) -> AnalyticsError {
    AnalyticsError::Mismatch(format!("the {feed} feed has nothing on {country}"))
}

fn nobody(user: i64) -> AnalyticsError {
    AnalyticsError::Mismatch(format!(
        "there is an event of user {user}, and no such user"
    ))
}

/// Euro cents for an amount in another currency, at a rate in millionths of a cent, rounded to the nearest.
fn to_cents(amount: i64, rate: i64) -> i64 {
    (amount * rate + 500_000) / 1_000_000
}

/// The month of a day of the half-year, from 0.
fn month(day: u16) -> usize {
    let mut left = day;
    let ended = DAYS.iter().take_while(|days| {
        let over = left > **days;
        left = left.saturating_sub(**days);
        over
    });
    ended.count().min(MONTHS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_in_its_month() {
        for (day, expected) in [
            (1, 0),
            (31, 0),
            (32, 1),
            (59, 1),
            (60, 2),
            (90, 2),
            (91, 3),
            (151, 4),
            (152, 5),
            (181, 5),
        ] {
            assert_eq!(month(day), expected, "day {day}");
        }
    }

    #[test]
    fn money_is_rounded_to_the_nearest_cent() {
        assert_eq!(to_cents(1_234, 1_000_000), 1_234);
        assert_eq!(to_cents(1, 499_999), 0);
        assert_eq!(to_cents(1, 500_000), 1);
        assert_eq!(to_cents(10_000, 64_500), 645);
    }

    #[test]
    fn says_which_feed_lacks_a_country() {
        let user = User {
            id: 1,
            country: "Peru".to_owned(),
            joined: 0,
        };
        let error = join(&[user], &[], &Demographics::new(), &Markets::new()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the sources do not fit together: the demographics feed has nothing on Peru"
        );
    }
}
