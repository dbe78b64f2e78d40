//! Which packets were there already (RFC 3711, section 3.3.2).

/// So many packets behind the newest may still come.
const WINDOW: u64 = 64;

/// The newest index, and which of those before it came.
#[derive(Default)]
pub(super) struct Replay {
    newest: Option<u64>,
    /// Bit `n`: the packet `n` before the newest came.
    came: u64,
}

impl Replay {
    /// Whether a packet was there already, or is too old to know.
    pub(super) fn has(&self, index: u64) -> bool {
        let Some(newest) = self.newest else { return false };
        match newest.checked_sub(index) {
            None => false,
            Some(behind) => behind >= WINDOW || self.came >> behind & 1 == 1,
        }
    }

    /// Notes a packet that is proven.
    pub(super) fn note(&mut self, index: u64) {
        let newest = self.newest.unwrap_or(index);
        match newest.checked_sub(index) {
            Some(behind) => self.came |= 1u64.checked_shl(behind as u32).unwrap_or(0),
            None => {
                let ahead = u32::try_from(index - newest).unwrap_or(u32::MAX);
                self.came = self.came.checked_shl(ahead).unwrap_or(0) | 1;
            }
        }
        self.newest = Some(newest.max(index));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_packet_passes_once_in_any_order_within_the_window() {
        let mut replay = Replay::default();
        for index in [100, 102, 101, 165, 164, 500] {
            assert!(!replay.has(index), "{index}");
            replay.note(index);
            assert!(replay.has(index), "{index}");
        }
        assert!(replay.has(436), "too old to know");
        assert!(!replay.has(437) && !replay.has(501));
    }
}
