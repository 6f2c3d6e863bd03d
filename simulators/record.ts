/** What truly happened, kept beside what the devices said: the yardstick for what the server finds. */
export interface Truth {
  /** When it began and ended (ms); `until` is null while it lasts, equal to `at` for what has no length. */
  readonly at: number;
  readonly until: number | null;
  /**
   * `cooling-floor`, `vacant-lights-off` …: a rule of the office was truly broken (no holds, no grace);
   * `print:big`, `print:night`, `print:nameless`: a job of that sort; `person:…`: what somebody did; `fault:…`: a device misbehaved;
   * `command:…`: what became of a command; `told:…`: a rule was broken by what the devices said (faults and all), `told:silent`: a device
   * had said nothing for too long, `told:nonsense`: it said what cannot be.
   */
  readonly kind: string;
  /** `<building>/<device>`, and `<building>/<space>` where it has one. */
  readonly device: string | null;
  readonly space: string | null;
  readonly note: string | null;
}

export interface TruthRecord {
  /** Something without length. */
  note(at: number, kind: string, device: string | null, space: string | null, note?: string): void;
  /** Whether a condition holds at `at`: opens an entry when it begins and closes it when it ends. */
  hold(at: number, kind: string, device: string, space: string | null, holds: boolean): void;
  /** Oldest first; those that last have `until: null`. */
  all(): readonly Truth[];
}

/** Keeps the newest `limit` entries (and every one that still lasts), so that a run of weeks does not fill the memory. */
export function createRecord(limit = 50_000): TruthRecord {
  let entries: { -readonly [K in keyof Truth]: Truth[K] }[] = [];
  const lasting = new Map<string, Map<string, { -readonly [K in keyof Truth]: Truth[K] }>>();
  function add(entry: Truth): { -readonly [K in keyof Truth]: Truth[K] } {
    const kept = { ...entry };
    entries.push(kept);
    if (entries.length > limit * 1.25) {
      const surplus = entries.length - limit;
      entries = entries.filter((e, i) => i >= surplus || e.until === null);
    }
    return kept;
  }
  return {
    note(at, kind, device, space, note) {
      add({ at, until: at, kind, device, space, note: note ?? null });
    },
    hold(at, kind, device, space, holds) {
      let ofKind = lasting.get(kind);
      if (ofKind === undefined) lasting.set(kind, (ofKind = new Map()));
      const open = ofKind.get(device);
      if (holds && open === undefined) ofKind.set(device, add({ at, until: null, kind, device, space, note: null }));
      if (!holds && open !== undefined) {
        open.until = at;
        ofKind.delete(device);
      }
    },
    all: () => entries,
  };
}
