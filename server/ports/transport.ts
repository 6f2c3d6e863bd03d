/** Where bytes come from and go to: a broker, in this process or another. */
/** Where bytes come from. `settle` is called once the message's fate is durable: only then may QoS 1 be acknowledged. */
export interface IncomingMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retained: boolean;
  /** Who published it, where that is known (at our own broker): the user name, else the client id. */
  readonly from?: string;
  /** Undefined for QoS 0 where nobody waits. */
  readonly settle: (() => void) | undefined;
}

export interface Transport {
  /** Resolves when it can take messages in. Errors name the address and the mend. */
  open(onMessage: (message: IncomingMessage) => void): Promise<void>;
  /** Called after each connection; at once where it stands already. */
  onConnected(listener: () => void): void;
  /**
   * Resolves when the peer has it (PUBACK); rejects when it could not be delivered within 10 s. Never retained unless asked. What
   * waits for a connection is asked once more before it goes: where `wanted` says no by then, it is not sent.
   */
  publish(topic: string, payload: string | Uint8Array, options?: { readonly retain?: boolean; readonly wanted?: () => boolean }): Promise<void>;
  /** Wants to hear these topics (filters) too, now and after every reconnection; answers those that were not heard until now. */
  listen(filters: readonly string[]): readonly string[];
  /** Does not want to hear these any more. */
  unlisten(filters: readonly string[]): void;
  connected(): boolean;
  /** The port listened on (embedded), else null. */
  readonly port: number | null;
  /** Stops taking in, lets what is in flight settle, closes. */
  close(): Promise<void>;
}
