package io.diskmap.testkit.fault;

/** What travels on the line of one connection: bytes, or the end. An immutable value. */
sealed interface Parcel {
  /** The {@link System#nanoTime()} at which it arrives. */
  long due();

  /** The room it takes on the line. */
  int size();

  /** Bytes, owned by the parcel. */
  record Bytes(byte[] data, long due) implements Parcel {
    @Override
    public int size() {
      return data.length;
    }
  }

  /** The end of this direction; the other one goes on. */
  record HalfClose(long due) implements Parcel {
    @Override
    public int size() {
      return 0;
    }
  }

  /** The end of the whole connection. */
  record End(Ending ending, Runnable after, long due) implements Parcel {
    @Override
    public int size() {
      return 0;
    }
  }
}
