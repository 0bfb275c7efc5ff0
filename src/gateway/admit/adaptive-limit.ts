/**
 * How many requests an upstream can work on at a time, found from how long its answers take: Gradient2 of Netflix's
 * concurrency-limits, with two changes (docs/decisions/0070). Latencies are averaged as logarithms, so that a slow report among
 * quick pages hardly counts; and what is normal is not learnt under load, but looked up by holding requests back for a moment.
 */

/** Judged so often, but not before so many answers. */
const WINDOW_MS = 250
const SAMPLES_MIN = 30
/** Answers may take so much longer than normal before the limit goes down. */
const TOLERANCE = Math.log(1.5)
/** Below this growth the server is well, and the limit follows the demand: it stays so far above. */
const EASE = Math.log(1.2)
const GROWTH = 2
/** Answers quicker than this are good, however much quicker they were: it is the noise of two event loops. */
const QUICK = Math.log(25)
/** How much of what it should be the limit becomes at once. */
const SMOOTHING = 0.2
/** From a share of failed requests on, the limit goes down whatever the latency. */
const FAILED_SHARE = 0.05
const BACKOFF = 0.9
/** How fast normal follows a window that was quicker, and one that was slower without load; the first windows count alike. */
const FALL = 1 / 10
const RISE = 1 / 60
const FIRST_WINDOWS = 10
/** A trial: so much of the limit is used until so many answers came. Between two of them: a time, and a multiple of its length. */
const TRIAL_SHARE = 0.4
const TRIAL_SAMPLES = 20
const TRIAL_MS_MAX = 10_000
/** In three times what an answer takes two thirds of them have come, unless they take long by nature. */
const SETTLE_TIMES = 3
const SETTLE_MS_MIN = 300
const TRIAL_PAUSE_MS = 10_000
const TRIAL_PAUSE_TIMES = 30
const TRIAL_AGAIN_MS = 1_000
/** As long as a server has never answered anything, nothing is known against letting more in. */
const SILENCE_MS = 1_000

export class AdaptiveLimit {
  /** Requests that may be under way now; not whole. */
  current: number
  readonly #min: number
  readonly #max: number
  #limit: number
  /** Logarithm of the milliseconds that an answer normally takes; NaN before the first ones. */
  #normal = Number.NaN
  /** It has been seen without load, or in a trial. */
  #isSure = false
  #windows = 0
  #windowEndsAt = 0
  /** Answers that still come of what was before this window. */
  #stale = 0
  /** Of this window: the logarithms of latencies, their number, failed requests, the most under way. */
  #sum = 0
  #count = 0
  #failed = 0
  #peak = 0
  /** The limit was reached when it began. */
  #isPinned = false
  #phase: 'judging' | 'settling' | 'trying' = 'judging'
  #trialBeganAt = 0
  #trialDueAt = 0
  /** What answers took before the trial. */
  #loaded = 0
  #silentSince = 0

  constructor(options: { readonly min: number; readonly max: number; readonly initial: number }) {
    this.#min = options.min
    this.#max = options.max
    this.#limit = this.current = options.initial
  }

  /** It holds requests back to see what happens, or nothing has been heard of the server yet. */
  get isUnsure(): boolean {
    return this.#phase !== 'judging' || this.#windowEndsAt === 0
  }

  /**
   * A request is over. `waitedMs`: from sending it to the head of its answer; negative when it says nothing. `isGood`: false when it
   * ended as requests to an overloaded server end. `inflight`: without it. True when `current` may have changed.
   */
  observe(now: number, waitedMs: number, isGood: boolean, inflight: number): boolean {
    if (inflight >= this.#peak) this.#peak = inflight + 1
    if (waitedMs >= 0) {
      if (!isGood) this.#failed++
      else if (this.#stale > 0) this.#stale--
      else {
        this.#count++
        this.#sum += Math.log(waitedMs + 1)
      }
    }
    if (now < this.#windowEndsAt) return false
    return this.#turn(now, inflight)
  }

  /** Requests wait, and nothing may have been heard for long. True when `current` has changed. */
  look(now: number, inflight: number): boolean {
    if (this.#phase !== 'judging') return this.#followTrial(now, inflight)
    if (this.#windowEndsAt > 0 || this.#limit >= this.#max) return false
    if (this.#silentSince === 0) this.#silentSince = now
    if (now - this.#silentSince < SILENCE_MS) return false
    this.#silentSince = now
    this.#setLimit(this.#limit * 2)
    return true
  }

  #turn(now: number, inflight: number): boolean {
    switch (this.#phase) {
      case 'judging':
        if (this.#windowEndsAt === 0) this.#windowEndsAt = now + WINDOW_MS
        else if (this.#count + this.#failed >= SAMPLES_MIN) return this.#judge(now, inflight)
        return false
      default:
        return this.#followTrial(now, inflight)
    }
  }

  #judge(now: number, inflight: number): true {
    const recent = this.#count > 0 ? this.#sum / this.#count : this.#normal
    const isFull = this.#peak >= Math.floor(this.#limit)
    // Where less than half of it is used, latency has other reasons than the limit.
    const isUsed = this.#peak * 2 >= this.#limit
    this.#learn(recent, isUsed)
    const gradient = this.#gradient(recent)
    if (!isUsed) this.#isSure = true
    else if (this.#failed > FAILED_SHARE * (this.#count + this.#failed)) this.#setLimit(this.#limit * BACKOFF)
    else if (this.#isSure || recent < QUICK) this.#follow(recent, gradient)
    const isDoubtful = this.#count > 0 && (gradient < 1 || !this.#isSure)
    if (isDoubtful && isFull && this.#isPinned && now >= this.#trialDueAt) this.#beginTrial(now, recent)
    else this.#beginWindow(now, inflight, isFull ? this.#limit : inflight)
    return true
  }

  #follow(recent: number, gradient: number): void {
    const limit = this.#limit
    if (recent < Math.max(this.#normal, QUICK) + EASE) this.#setLimit(Math.max(limit, this.#peak * GROWTH))
    else this.#setLimit(limit + SMOOTHING * (limit * gradient + Math.sqrt(limit) - limit))
  }

  #learn(recent: number, isUsed: boolean): void {
    if (Number.isNaN(recent)) return
    const isFirst = ++this.#windows <= FIRST_WINDOWS
    if (Number.isNaN(this.#normal)) this.#normal = recent
    else if (isFirst) this.#normal += (recent - this.#normal) / this.#windows
    else if (recent < this.#normal) this.#normal += (recent - this.#normal) * FALL
    else if (!isUsed) this.#normal += (recent - this.#normal) * RISE
  }

  #gradient(recent: number): number {
    if (Number.isNaN(recent)) return 1
    return Math.max(0.5, Math.min(1, Math.exp(TOLERANCE + Math.max(this.#normal, QUICK) - recent)))
  }

  /** Answers have become slow. Because there are too many requests, or because they take that long? Fewer of them will show. */
  #beginTrial(now: number, recent: number): void {
    this.#phase = 'settling'
    this.#trialBeganAt = now
    this.#loaded = recent
    this.#windowEndsAt = now
    this.current = Math.max(1, Math.floor(this.#limit * TRIAL_SHARE))
  }

  #followTrial(now: number, inflight: number): boolean {
    const elapsedMs = now - this.#trialBeganAt
    if (this.#phase === 'settling') {
      if (inflight <= this.current) {
        this.#phase = 'trying'
        this.#beginWindow(now, inflight, inflight)
      } else if (elapsedMs > Math.max(SETTLE_MS_MIN, SETTLE_TIMES * Math.exp(this.#loaded)))
        return this.#endTrial(now, inflight, this.#loaded)
      return false
    }
    if (this.#count >= TRIAL_SAMPLES) return this.#endTrial(now, inflight, this.#sum / this.#count)
    const isVain = this.#failed >= TRIAL_SAMPLES || elapsedMs > TRIAL_MS_MAX
    return isVain && this.#endTrial(now, inflight, this.#normal)
  }

  /** `normal`: what answers take with few requests under way. */
  #endTrial(now: number, inflight: number, normal: number): true {
    this.#trialDueAt = now + Math.max(TRIAL_PAUSE_MS, TRIAL_PAUSE_TIMES * (now - this.#trialBeganAt))
    this.#normal = normal
    this.#windows = FIRST_WINDOWS
    // Little's law: what came out under load, times what one takes without, is what the server really works on at a time.
    const capacity = this.#limit * Math.exp(Math.min(0, normal - this.#loaded))
    const areStillTooMany = capacity < this.current * 1.2
    // From a cold start the next window has to show the same before more is let in.
    if (capacity > this.#limit * 0.75) this.#setLimit(this.#isSure ? this.#limit * GROWTH : this.#limit)
    else if (areStillTooMany) {
      this.#setLimit(this.current * 1.2)
      if (this.#limit > this.#min) this.#trialDueAt = now + TRIAL_AGAIN_MS
    } else this.#setLimit(Math.min(this.#limit, capacity * 1.5))
    this.#isSure = !areStillTooMany
    this.#phase = 'judging'
    this.#beginWindow(now, inflight, this.#limit)
    return true
  }

  #setLimit(limit: number): void {
    this.#limit = this.current = Math.max(this.#min, Math.min(this.#max, limit))
  }

  /** `stale`: where there is a queue at the server, it takes so many answers until one shows what is so from now on. */
  #beginWindow(now: number, inflight: number, stale: number): void {
    this.#windowEndsAt = now + (this.#phase === 'judging' ? WINDOW_MS : 0)
    this.#stale = Math.floor(stale)
    this.#isPinned = inflight + 1 >= Math.floor(this.current)
    this.#sum = this.#count = this.#failed = this.#peak = 0
  }
}
