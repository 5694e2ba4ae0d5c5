use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::thread;

use crate::channel::{MAX_LEN, frame};
use crate::manager::{Client, Manager, Request};

/// Serves a client that sends these bytes and then nothing more. Returns what it
/// was answered, and how that ended.
fn serve(manager: &Manager, sent: &[u8]) -> (Vec<u8>, io::Result<()>) {
    let (mut client, ours) = UnixStream::pair().unwrap();
    thread::scope(|scope| {
        let served = scope.spawn(move || manager.serve(ours, |_| ()));
        // Fails if the manager has cut it off already.
        let _ = client.write_all(sent);
        let _ = client.shutdown(Shutdown::Write);
        let mut answer = Vec::new();
        let _ = client.read_to_end(&mut answer);
        (answer, served.join().unwrap())
    })
}

/// Calls `act` in a client of this manager, which is no process of its own.
fn with_client<T>(manager: &Manager, act: impl FnOnce(&Client) -> T) -> T {
    let (client, ours) = UnixStream::pair().unwrap();
    thread::scope(|scope| {
        let served = scope.spawn(move || manager.serve(ours, |_| ()));
        let client = Client::new(client);
        let result = act(&client);
        drop(client);
        served.join().unwrap().unwrap();
        result
    })
}

fn requests() -> [Request; 4] {
    let key = || String::from("key");
    [
        Request::Get(key()),
        Request::Set(key(), i64::MIN),
        Request::Add(key(), 300),
        Request::Push("item".into()),
    ]
}

#[test]
fn a_client_gets_what_others_have_put_there() {
    let manager = Manager::default();
    with_client(&manager, |client| {
        let (dict, list) = (client.dict(), client.list());
        assert_eq!(dict.get("a").unwrap(), None);
        assert_eq!(dict.set("a", 7).unwrap(), None);
        assert_eq!(dict.add("a", -10).unwrap(), -3);
        assert_eq!(dict.add("b", 5).unwrap(), 5);
        list.push("one").unwrap();
    });
    with_client(&manager, |client| {
        assert_eq!(client.dict().set("a", 1).unwrap(), Some(-3));
        client.list().push("other").unwrap();
    });
    assert_eq!(manager.data().list, ["one", "other"]);
    let dict = BTreeMap::from([("a".into(), 1), ("b".into(), 5)]);
    assert_eq!(manager.data().dict, dict);
}

#[test]
fn calls_of_many_clients_at_once_are_all_counted() {
    const CLIENTS: i64 = 8;
    const CALLS: i64 = 1_000;
    let manager = Manager::default();
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                with_client(&manager, |client| {
                    for _ in 0..CALLS {
                        client.dict().add("key", 1).unwrap();
                    }
                });
            });
        }
    });
    assert_eq!(manager.data().dict["key"], CLIENTS * CALLS);
}

#[test]
fn threads_may_share_a_client() {
    let manager = Manager::default();
    with_client(&manager, |client| {
        thread::scope(|scope| {
            for thread in 0..4 {
                scope.spawn(move || {
                    let key = thread.to_string();
                    for count in 1..=500 {
                        assert_eq!(client.dict().add(&key, 1).unwrap(), count);
                    }
                });
            }
        });
    });
}

#[test]
fn a_request_cut_at_any_byte_is_not_executed() {
    let manager = Manager::default();
    for request in requests() {
        let whole = frame(&request).unwrap();
        for length in 0..whole.len() {
            let (answer, served) = serve(&manager, &whole[..length]);
            assert!(answer.is_empty(), "{request:?} cut at {length}");
            assert!(served.is_ok(), "{request:?} cut at {length}");
        }
    }
    let data = manager.data();
    assert!(data.dict.is_empty() && data.list.is_empty(), "{data:?}");
}

#[test]
fn what_is_no_request_is_refused_and_the_others_do_not_notice() {
    let manager = Manager::default();
    let too_long = u32::try_from(MAX_LEN + 1).unwrap().to_le_bytes();
    let cases: [&[u8]; 8] = [
        &too_long,
        &u32::MAX.to_le_bytes(),
        b"GET / HTTP/1.1\r\n\r\n",
        &[0, 0, 0, 0],                   // no request at all
        &[1, 0, 0, 0, 4],                // there is no fifth request
        &[2, 0, 0, 0, 4, 0],             // bytes are left over
        &[3, 0, 0, 0, 0, 200, 1],        // a key longer than the frame
        &[4, 0, 0, 0, 0, 2, 0xC3, 0x28], // a key that is no text
    ];
    with_client(&manager, |other| {
        for (case, number) in cases.iter().zip(1..) {
            let add = frame(&Request::Add("key".into(), 1)).unwrap();
            // What was right before is executed, what comes after is not.
            let (answer, served) =
                serve(&manager, &[&add[..], case, &add[..]].concat());
            let error = served.expect_err("it was not refused");
            assert_eq!(error.kind(), ErrorKind::InvalidData, "{case:?}");
            let expected = [
                frame(&Ok::<i64, String>(2 * number - 1)).unwrap(),
                frame(&Err::<(), _>(error.to_string())).unwrap(),
            ];
            assert_eq!(answer, expected.concat(), "{case:?}");
            assert_eq!(other.dict().add("key", 1).unwrap(), 2 * number);
        }
    });
}

#[test]
fn random_bytes_do_no_harm() {
    let manager = Manager::default();
    let mut random = 1_u64;
    for _ in 0..2_000 {
        let mut bytes: Vec<u8> = (0..40)
            .map(|_| {
                random = random.wrapping_mul(6_364_136_223_846_793_005);
                random = random.wrapping_add(1);
                (random >> 56).to_le_bytes()[0]
            })
            .collect();
        bytes[..4].copy_from_slice(&36_u32.to_le_bytes());
        bytes[4] %= 5;
        let _ = serve(&manager, &bytes);
    }
    with_client(&manager, |client| {
        client.dict().set("key", 1).unwrap();
        assert_eq!(client.dict().add("key", 1).unwrap(), 2);
    });
}

#[test]
fn a_sum_that_does_not_fit_is_refused_and_changes_nothing() {
    let manager = Manager::default();
    with_client(&manager, |client| {
        let dict = client.dict();
        dict.set("old", i64::MAX).unwrap();
        assert_eq!(dict.add("new", i64::MIN).unwrap(), i64::MIN);
        for (key, amount) in [("old", 1), ("new", -1)] {
            let error = dict.add(key, amount).unwrap_err();
            assert_eq!(error.to_string(), "refused: the sum does not fit");
        }
    });
    let dict = BTreeMap::from([("old".into(), i64::MAX), ("new".into(), i64::MIN)]);
    assert_eq!(manager.data().dict, dict);
}

#[test]
fn a_manager_that_has_panicked_is_gone() {
    let manager = Manager::default();
    let (client, ours) = UnixStream::pair().unwrap();
    thread::scope(|scope| {
        let executes = scope.spawn(|| {
            let _data = manager.data();
            panic!("in the middle of a change");
        });
        assert!(executes.join().is_err());
        let served = scope.spawn(|| manager.serve(ours, |_| ()));
        let error = Client::new(client).dict().get("key").unwrap_err();
        assert_eq!(error.to_string(), "the manager is gone");
        assert!(served.join().is_err());
    });
}

#[test]
fn a_value_that_is_too_long_is_not_sent_and_the_client_continues() {
    let manager = Manager::default();
    with_client(&manager, |client| {
        let error = client.dict().set(&"x".repeat(MAX_LEN), 1).unwrap_err();
        assert!(error.to_string().contains("at most 1048576"), "{error}");
        assert_eq!(client.dict().add("key", 1).unwrap(), 1);
    });
    assert_eq!(manager.data().dict.len(), 1);
}

#[test]
fn a_manager_that_ends_at_any_byte_of_its_answer_is_gone() {
    let answer = frame(&Ok::<i64, String>(300)).unwrap();
    for length in 0..=answer.len() {
        let (client, mut manager) = UnixStream::pair().unwrap();
        manager.write_all(&answer[..length]).unwrap();
        manager.shutdown(Shutdown::Write).unwrap();
        let client = Client::new(client);
        let called = client.dict().add("key", 1);
        if length == answer.len() {
            assert_eq!(called.unwrap(), 300);
        } else {
            let error = called.unwrap_err().to_string();
            assert!(error.starts_with("the manager is gone"), "{error}");
        }
        drop(manager);
        assert!(client.dict().get("key").is_err());
    }
}
