//! One tick of a conference: everyone talks, or one of them does.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use exten::bridging::mixer::{MemberId, MemberOptions, Mixer};
use exten::media::{Codec, Frame};

fn room(members: u64) -> Mixer {
    let mut mixer = Mixer::new();
    (0..members).for_each(|id| mixer.add(MemberId(id), MemberOptions::party(Codec::Ulaw)));
    mixer
}

/// A voice of its own for each member: a triangle wave with some noise.
fn voice(member: u64) -> Frame {
    let mut noise = member as u32 + 1;
    let samples: Vec<i16> = (0..160)
        .map(|i| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let period = 20 + member % 40;
            (((i as u64 % period) * 8000 / period) as i16 - 4000) + (noise >> 24) as i16
        })
        .collect();
    Frame::from_samples(&samples).encode(Codec::Ulaw)
}

fn tick(criterion: &mut Criterion, name: &str, members: u64, talkers: u64) {
    let mut mixer = room(members);
    let voices: Vec<Frame> = (0..talkers).map(voice).collect();
    let say = |mixer: &mut Mixer| {
        voices.iter().enumerate().for_each(|(id, voice)| _ = mixer.push(MemberId(id as u64), voice));
    };
    say(&mut mixer);
    criterion.bench_function(name, |bencher| {
        bencher.iter(|| {
            say(&mut mixer);
            mixer.tick(|member, frame| _ = black_box((member, frame)))
        });
    });
}

fn benches(criterion: &mut Criterion) {
    tick(criterion, "100 talkers", 100, 100);
    tick(criterion, "3 talkers of 3", 3, 3);
    tick(criterion, "1 talker, 99 listeners", 100, 1);
}

criterion_group!(mixer, benches);
criterion_main!(mixer);
