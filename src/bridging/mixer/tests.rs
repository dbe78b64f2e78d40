use std::collections::BTreeMap;

use proptest::prelude::*;

use super::options::TALKING_HANGOVER;
use super::*;
use crate::media::frame::WIDE_SAMPLES;

fn id(number: usize) -> MemberId {
    MemberId(number as u64)
}

fn linear(sample: i16) -> Frame {
    Frame::linear([sample; SAMPLES])
}

fn room(members: usize) -> Mixer {
    let mut mixer = Mixer::new();
    (0..members).for_each(|number| mixer.add(id(number), MemberOptions::party(Codec::Linear)));
    mixer
}

/// Lets members say the same sample for as long as their queues delay it, and tells who hears what then.
fn mix(mixer: &mut Mixer, talk: &[(usize, Frame)]) -> BTreeMap<u64, Frame> {
    let mut heard = BTreeMap::new();
    for _ in 0..2 {
        talk.iter().for_each(|(number, frame)| {
            mixer.push(id(*number), frame);
        });
    }
    mixer.tick(|member, frame| _ = heard.insert(member.0, frame.clone()));
    heard
}

fn first_samples(heard: &BTreeMap<u64, Frame>) -> Vec<(u64, i16)> {
    heard.iter().map(|(member, frame)| (*member, frame.samples()[0])).collect()
}

#[test]
fn everyone_hears_all_others_and_not_itself() {
    let heard = mix(&mut room(4), &[(0, linear(1000)), (1, linear(200)), (2, linear(-30))]);
    assert_eq!(first_samples(&heard), [(0, 170), (1, 970), (2, 1200), (3, 1170)]);
}

#[test]
fn a_lone_talker_is_passed_on_untouched_and_hears_nothing() {
    let mut mixer = room(0);
    (0..3).for_each(|number| mixer.add(id(number), MemberOptions::party(Codec::Ulaw)));
    mixer.add(id(3), MemberOptions::party(Codec::Alaw));
    // 0x7f is negative zero, which no encoder yields.
    let frame = Frame::ulaw(std::array::from_fn(|i| if i % 2 == 0 { 0x7f } else { 0x20 }));
    let heard = mix(&mut mixer, &[(0, frame.clone())]);
    assert_eq!(heard.keys().collect::<Vec<_>>(), [&1, &2, &3]);
    assert_eq!((&heard[&1], &heard[&2]), (&frame, &frame));
    assert_eq!(heard[&3], frame.encode(Codec::Alaw));
}

#[test]
fn two_who_talk_at_once_hear_each_other_untouched() {
    let mut mixer = room(0);
    (0..2).for_each(|number| mixer.add(id(number), MemberOptions::party(Codec::Alaw)));
    let (one, other) = (linear(500).encode(Codec::Alaw), linear(-900).encode(Codec::Alaw));
    let heard = mix(&mut mixer, &[(0, one.clone()), (1, other.clone())]);
    assert_eq!((&heard[&0], &heard[&1]), (&other, &one));
}

#[test]
fn muted_members_are_not_heard_and_deaf_ones_hear_nothing() {
    let mut mixer = room(3);
    mixer.change(id(0), |options| options.muted = true);
    mixer.change(id(1), |options| options.deaf = true);
    let heard = mix(&mut mixer, &[(0, linear(1000)), (1, linear(200))]);
    assert_eq!(first_samples(&heard), [(0, 200), (2, 200)]);
    mixer.change(id(0), |options| options.muted = false);
    let heard = mix(&mut mixer, &[(0, linear(1000))]);
    assert_eq!(heard[&2].samples()[0], 1200, "the second frame of member 1 is still to come");
}

#[test]
fn volumes_change_what_is_heard() {
    let mut mixer = room(3);
    mixer.change(id(0), |options| options.talk_volume = 2.0);
    mixer.change(id(2), |options| options.listen_volume = 0.5);
    let heard = mix(&mut mixer, &[(0, linear(1000))]);
    assert_eq!(first_samples(&heard), [(1, 2000), (2, 1000)]);
}

#[test]
fn a_whisper_is_heard_by_one_over_all_others() {
    let mut mixer = room(3);
    mixer.add(id(9), MemberOptions::source(HeardBy::Only(id(1))));
    let heard = mix(&mut mixer, &[(9, linear(50)), (0, linear(1000))]);
    assert_eq!(first_samples(&heard), [(1, 1050), (2, 1000)]);
    let heard = mix(&mut mixer, &[(9, linear(50))]);
    assert_eq!(heard[&1].samples()[0], 1050);
}

#[test]
fn a_source_is_heard_by_all_and_may_queue_ahead() {
    let mut mixer = room(2);
    mixer.add(id(9), MemberOptions::source(HeardBy::All));
    (1..=5).for_each(|n| _ = mixer.push(id(9), &linear(n * 100)));
    let mut heard = Vec::new();
    while !mixer.tick(|member, frame| heard.push((member.0, frame.samples()[0]))).idle {}
    let expected: Vec<_> = (1..=5).flat_map(|n| [(0, n * 100), (1, n * 100)]).collect();
    assert_eq!(heard, expected);
    assert_eq!(mixer.queued(id(9)), 0);
}

#[test]
fn the_silence_in_a_recording_takes_its_time() {
    let mut mixer = room(1);
    mixer.add(id(9), MemberOptions::source(HeardBy::All));
    let mut ticks = 0;
    for n in 0..60 {
        assert!(mixer.push(id(9), &linear(if n < 50 { 0 } else { 500 })));
        let mut heard = false;
        mixer.tick(|_, _| heard = true);
        ticks += usize::from(!heard);
    }
    assert_eq!(ticks, 51, "a second, and the one that the queue waits");
}

#[test]
fn a_silent_room_needs_no_ticks() {
    let mut mixer = room(3);
    for codec in [Codec::Ulaw, Codec::Alaw, Codec::Linear] {
        assert!(!mixer.push(id(0), &Frame::silence(codec)));
    }
    assert_eq!(mixer.tick(|_, _| panic!("nobody talks")), Activity { talkers: 0, talking_changed: false, idle: true });
    assert!(mixer.push(id(0), &linear(1000)));
    assert!(!mixer.tick(|_, _| {}).idle);
}

#[test]
fn a_member_that_falls_silent_lets_the_room_rest_although_its_frames_go_on() {
    let mut mixer = room(2);
    mix(&mut mixer, &[(0, linear(1000))]);
    let rested = (0..400).find(|_| {
        mixer.push(id(0), &Frame::silence(Codec::Alaw));
        mixer.tick(|_, _| {}).idle
    });
    assert!(rested.is_some());
}

#[test]
fn talking_is_told_with_its_hangover() {
    let mut mixer = room(2);
    mix(&mut mixer, &[(0, linear(1000))]);
    assert!(mixer.is_talking(id(0)) && !mixer.is_talking(id(1)));
    let ticks = (0..300).position(|_| mixer.tick(|_, _| {}).talking_changed).unwrap();
    assert_eq!(ticks, TALKING_HANGOVER as usize, "one frame was still queued");
    assert!(!mixer.is_talking(id(0)));
}

#[test]
fn dropped_silence_is_not_mixed() {
    let mut mixer = room(2);
    mixer.change(id(0), |options| options.drop_silence = true);
    assert!(mix(&mut mixer, &[(0, linear(100))]).is_empty());
    mixer.remove(id(0));
    mixer.add(id(0), MemberOptions { drop_silence: true, ..MemberOptions::party(Codec::Linear) });
    assert_eq!(mix(&mut mixer, &[(0, linear(500))])[&1].samples()[0], 500);
}

#[test]
fn those_who_are_not_members_are_not_heard() {
    let mut mixer = room(1);
    assert!(!mixer.push(id(7), &linear(1000)));
    assert!(mixer.remove(id(0)) && !mixer.remove(id(0)));
    assert!(mixer.is_empty());
}

fn voices() -> impl Strategy<Value = Vec<Frame>> {
    prop::collection::vec(
        prop::collection::vec(any::<i16>(), SAMPLES).prop_map(|samples| Frame::from_samples(&samples)),
        1..12,
    )
}

proptest! {
    #[test]
    fn each_hears_the_clipped_sum_less_itself(voices in voices()) {
        let talk: Vec<_> = voices.iter().cloned().enumerate().collect();
        let heard = mix(&mut room(voices.len() + 1), &talk);
        for listener in 0..=voices.len() {
            for place in 0..SAMPLES {
                let others = talk.iter().filter(|(talker, _)| *talker != listener);
                let sum: i32 = others.clone().map(|(_, voice)| i32::from(voice.samples()[place])).sum();
                let got = heard.get(&(listener as u64)).map_or(0, |frame| i32::from(frame.samples()[place]));
                let exact = if others.count() == 1 { i32::from(i16::MAX) + 1 } else { 24_576 };
                if sum.abs() <= exact {
                    prop_assert_eq!(got, sum);
                } else {
                    prop_assert!(got.abs() >= 24_576 && got.abs() <= sum.abs() && got.signum() == sum.signum());
                }
            }
        }
    }

    #[test]
    fn the_order_of_joining_and_talking_is_irrelevant(voices in voices(), turn in 0usize..12) {
        let mut talk: Vec<_> = voices.iter().cloned().enumerate().collect();
        let straight = mix(&mut room(talk.len()), &talk);
        let turn = turn % talk.len();
        talk.rotate_left(turn);
        talk.reverse();
        let mut mixer = Mixer::new();
        talk.iter().for_each(|(number, _)| mixer.add(id(*number), MemberOptions::party(Codec::Linear)));
        prop_assert_eq!(mix(&mut mixer, &talk), straight);
    }

    #[test]
    fn nothing_pushed_breaks_it(steps in prop::collection::vec((0u64..6, any::<i16>(), 0u8..8), 0..200)) {
        let mut mixer = room(3);
        for (member, sample, step) in steps {
            let member = MemberId(member);
            match step {
                0 => mixer.add(member, MemberOptions::party(Codec::Ulaw)),
                1 => _ = mixer.remove(member),
                2 => _ = mixer.change(member, |options| options.muted = sample > 0),
                3 => _ = mixer.change(member, |options| options.heard_by = HeardBy::Only(MemberId(1))),
                4 | 5 => _ = mixer.push(member, &linear(sample)),
                _ => _ = mixer.tick(|_, _| {}),
            }
            prop_assert!(mixer.queued(member) <= 10);
        }
    }
}

fn wide(sample: i16) -> Frame {
    Frame::wide([sample; WIDE_SAMPLES])
}

#[test]
fn who_hears_at_16_khz_hears_others_at_16_khz_untouched() {
    let room = || {
        let mut mixer = Mixer::new();
        [Codec::Linear16, Codec::G722, Codec::Linear16].into_iter().enumerate().for_each(|(number, codec)| {
            mixer.add(id(number), MemberOptions::party(codec));
        });
        mixer
    };
    // A tone of 7 kHz, which 8 kHz cannot hold.
    let high =
        Frame::wide(std::array::from_fn(|n| (4000.0 * (n as f32 * 7.0 / 16.0 * std::f32::consts::TAU).sin()) as i16));
    let heard = mix(&mut room(), &[(0, high.clone())]);
    assert_eq!(heard.keys().collect::<Vec<_>>(), [&1, &2]);
    assert_eq!((&heard[&1], &heard[&2]), (&high, &high));
    let heard = mix(&mut room(), &[(0, wide(1000)), (1, wide(200)), (2, wide(-30))]);
    let sums: Vec<_> = heard.values().map(|frame| (frame.samples().len(), frame.samples()[0])).collect();
    assert_eq!(sums, [(WIDE_SAMPLES, 170), (WIDE_SAMPLES, 970), (WIDE_SAMPLES, 1200)]);
}

#[test]
fn telephones_and_wide_phones_hear_each_other_at_their_own_rates() {
    let mut mixer = Mixer::new();
    mixer.add(id(0), MemberOptions::party(Codec::Linear16));
    mixer.add(id(1), MemberOptions::party(Codec::Linear));
    mixer.add(id(2), MemberOptions::party(Codec::Linear));
    mixer.add(id(3), MemberOptions::party(Codec::Opus));
    let mut heard = BTreeMap::new();
    // The filters between the rates fill within some frames.
    for _ in 0..6 {
        mixer.push(id(0), &wide(1000));
        mixer.push(id(1), &linear(400));
        heard.clear();
        mixer.tick(|member, frame| _ = heard.insert(member.0, (frame.samples().len(), frame.samples()[80])));
    }
    let near = |(length, sample): (usize, i16), wanted: (usize, i16)| {
        assert_eq!(length, wanted.0);
        assert!((sample - wanted.1).abs() <= 3, "{sample} for {wanted:?}");
    };
    near(heard[&0], (WIDE_SAMPLES, 400));
    near(heard[&1], (SAMPLES, 1000));
    near(heard[&2], (SAMPLES, 1400));
    // More is of no use to it: nobody else talks in more.
    near(heard[&3], (WIDE_SAMPLES, 1400));
}

#[test]
fn what_telephones_do_not_hear_is_no_silence_for_others() {
    let mut mixer = Mixer::new();
    (0..2).for_each(|number| mixer.add(id(number), MemberOptions::party(Codec::Opus)));
    mixer.add(id(2), MemberOptions::party(Codec::Ulaw));
    // 9 kHz
    let samples: Vec<i16> =
        (0..960).map(|n| (8000.0 * (n as f32 * 0.375 * std::f32::consts::PI).sin()) as i16).collect();
    let high = Frame::at_rate(48_000, &samples);
    for _ in 0..4 {
        let heard = mix(&mut mixer, &[(0, high.clone())]);
        assert_eq!(heard.get(&1), Some(&high));
    }
    assert!(mixer.is_talking(id(0)));
}

#[test]
fn the_rate_follows_the_members() {
    let mut mixer = Mixer::new();
    let mut rates = Vec::new();
    let codecs = [Codec::Ulaw, Codec::Opus, Codec::G722, Codec::Linear32, Codec::Linear44, Codec::Opus];
    for (number, codec) in codecs.into_iter().enumerate() {
        mixer.add(id(number), MemberOptions::party(codec));
        rates.push(mixer.rate());
    }
    assert_eq!(rates, [8000, 8000, 16_000, 32_000, 44_100, 48_000]);
    mixer.set_highest_rate(Some(24_000));
    assert_eq!(mixer.rate(), 24_000);
    (0..4).for_each(|number| _ = mixer.remove(id(number)));
    mixer.set_highest_rate(None);
    assert_eq!(mixer.rate(), 44_100);
    mixer.change(id(5), |options| options.codec = Codec::Alaw);
    assert_eq!(mixer.rate(), 8000);
}

#[test]
fn who_hears_at_48_khz_hears_others_without_itself() {
    let mut mixer = Mixer::new();
    (0..3).for_each(|number| mixer.add(id(number), MemberOptions::party(Codec::Opus)));
    let full = |sample: i16| Frame::at_rate(48_000, &[sample; 960]);
    let heard = mix(&mut mixer, &[(0, full(1000)), (1, full(200))]);
    assert_eq!((&heard[&0], &heard[&1]), (&full(200), &full(1000)), "untouched");
    assert_eq!((heard[&2].samples().len(), heard[&2].samples()[9]), (960, 1200));
}

#[test]
fn only_the_loudest_are_heard_where_that_is_wanted() {
    let mut mixer = room(5);
    mixer.set_most_talkers(Some(2));
    let heard = mix(&mut mixer, &[(0, linear(100)), (1, linear(3000)), (2, linear(50)), (3, linear(2000))]);
    assert_eq!(first_samples(&heard), [(0, 5000), (1, 2000), (2, 5000), (3, 3000), (4, 5000)]);
}

#[test]
fn the_first_syllable_is_heard_whole_and_within_40_ms() {
    let mut mixer = room(2);
    let mut heard = Vec::new();
    for word in 1..=10 {
        mixer.push(id(0), &linear(100 * word));
        mixer.tick(|member, frame| {
            if member == id(1) {
                heard.push((word, frame.samples()[0] / 100));
            }
        });
    }
    // The first word is heard, and each no later than 40 ms after it was said.
    assert_eq!(heard.first().map(|(_, sample)| *sample), Some(1));
    assert!(heard.iter().all(|(said, sample)| said - sample <= 2), "{heard:?}");
}
