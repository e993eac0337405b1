package io.headgate.stores.postgres.copy;

import java.math.BigInteger;
import java.util.Arrays;

/** Big-endian values, one after the other, in an array that grows. */
final class RowBuffer {
  private static final BigInteger[] NO_PARTS = new BigInteger[0];

  private byte[] bytes;
  private int length;

  RowBuffer(int capacity) {
    bytes = new byte[capacity];
  }

  int length() {
    return length;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Goes on in another array, from its start. */
  void reset(byte[] next) {
    bytes = next;
    length = 0;
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
    }
  }

  void putByte(int value) {
    room(1);
    bytes[length++] = (byte) value;
  }

  void putShort(int value) {
    room(2);
    bytes[length++] = (byte) (value >> 8);
    bytes[length++] = (byte) value;
  }

  void putInt(int value) {
    room(4);
    set(length, value);
    length += 4;
  }

  void putLong(long value) {
    room(8);
    set(length, (int) (value >> 32));
    set(length + 4, (int) value);
    length += 8;
  }

  void putBytes(byte[] value) {
    room(value.length);
    System.arraycopy(value, 0, bytes, length, value.length);
    length += value.length;
  }

  /** Room for a length that is known later; {@link #endField} fills it in. */
  int beginField() {
    putInt(0);
    return length;
  }

  void endField(int start) {
    set(start - 4, length - start);
  }

  private void set(int at, int value) {
    byte[] out = bytes;
    out[at] = (byte) (value >> 24);
    out[at + 1] = (byte) (value >> 16);
    out[at + 2] = (byte) (value >> 8);
    out[at + 3] = (byte) value;
  }

  /** A numeric that fits into a long without its point. */
  void putNumeric(long unscaled, int scale) {
    if (unscaled == Long.MIN_VALUE) {
      putNumeric(BigInteger.valueOf(unscaled), scale);
      return;
    }
    long rest = Math.abs(unscaled);
    // Groups of four digits on both sides of the point: the fraction is padded to whole groups.
    int pad = (4 - scale % 4) % 4;
    int fraction = (scale + 3) / 4;
    int[] groups = new int[8];
    int count = 0;
    if (pad > 0) {
      int factor = pad == 1 ? 10 : pad == 2 ? 100 : 1000;
      int cut = 10_000 / factor;
      groups[count++] = (int) (rest % cut) * factor;
      rest /= cut;
    }
    while (rest > 0) {
      groups[count++] = (int) (rest % 10_000);
      rest /= 10_000;
    }
    putGroups(groups, count, fraction, unscaled < 0, scale);
  }

  /** A numeric of any size. */
  void putNumeric(BigInteger unscaled, int scale) {
    int pad = (4 - scale % 4) % 4;
    BigInteger rest = unscaled.abs().multiply(BigInteger.TEN.pow(pad));
    int[] groups = new int[rest.bitLength() / 13 + 2];
    int count = 0;
    BigInteger[] parts = NO_PARTS;
    while (rest.signum() > 0) {
      parts = rest.divideAndRemainder(BigInteger.valueOf(10_000));
      groups[count++] = parts[1].intValue();
      rest = parts[0];
    }
    putGroups(groups, count, (scale + 3) / 4, unscaled.signum() < 0, scale);
  }

  private void putGroups(int[] groups, int all, int fraction, boolean negative, int scale) {
    int count = all;
    while (count > 0 && groups[count - 1] == 0) {
      count--;
    }
    int first = 0;
    while (first < count && groups[first] == 0) {
      first++;
    }
    int start = beginField();
    putShort(count - first);
    putShort(count - 1 - fraction);
    putShort(negative && count > first ? 0x4000 : 0);
    putShort(scale);
    for (int i = count - 1; i >= first; i--) {
      putShort(groups[i]);
    }
    endField(start);
  }
}
