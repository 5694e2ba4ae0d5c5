//! tcp-server: never more clients than places, and a server that waits for a place
//! can be stopped.

#[path = "../../../examples-threads/tcp-server/src/places.rs"]
pub mod pattern;

// What the checks look at is no part of what the threads share.
use core::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{Builder, scope, yield_now};

use story::{Check, check};

use crate::{ensure, every_schedule};
use pattern::Places;

fn case(case: &'static str) -> Check {
    check("tcp-server", case).names(&["the places", "a change"])
}

/// Serves clients until none is left or the places are closed. Returns how many
/// were served, and how many at once.
fn serve(places: &Places<usize>, clients: usize) -> (usize, usize) {
    let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let mut served = 0;
    scope(|scope| {
        for client in 0..clients {
            if !places.wait_for_one() {
                break;
            }
            let Some(place) = places.enter(client) else {
                break;
            };
            served += 1;
            let (running, most) = (&running, &most);
            let thread = Builder::new().name(format!("client-{}", client + 1));
            thread
                .spawn_scoped(scope, move || {
                    let _place = place;
                    let at_once = running.fetch_add(1, Ordering::Relaxed) + 1;
                    most.fetch_max(at_once, Ordering::Relaxed);
                    yield_now();
                    running.fetch_sub(1, Ordering::Relaxed);
                })
                .unwrap();
        }
    });
    (served, most.into_inner())
}

#[test]
fn one_place() {
    let case = case("three clients and one place");
    let found = every_schedule(case, || {
        let places = Places::new(1);
        let (served, most) = serve(&places, 3);
        let left = places.taken();
        ensure(served == 3 && most == 1 && left == 0, || {
            format!("{served} served, {most} at once, {left} left.")
        })
    });
    case.holds("all are served, one at a time", &found);
}

#[test]
fn stopped_while_full() {
    let case = case("a stop while the server is full");
    let found = every_schedule(case, || {
        let places = &Places::new(1);
        let place = places.enter(1);
        scope(|scope| {
            let thread = Builder::new().name("client-1".into());
            thread.spawn_scoped(scope, || drop(place)).unwrap();
            let thread = Builder::new().name("stop".into());
            thread.spawn_scoped(scope, || drop(places.close())).unwrap();
            // The client may leave first, so that another one gets its place.
            if places.wait_for_one() {
                drop(places.enter(2));
            }
        });
        let (late, left) = (places.enter(3).is_some(), places.taken());
        ensure(!late && left == 0, || format!("{late}, {left} are left."))
    });
    case.holds("it ends, and no client is left", &found);
}
