package io.headgate.stores.postgres.copy;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Big-endian values, one after the other, in an array that grows. */
final class RowBuffer {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
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
    INT.set(bytes, length, value);
    length += 4;
  }

  void putLong(long value) {
    room(8);
    LONG.set(bytes, length, value);
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
    INT.set(bytes, start - 4, length - start);
  }

  /**
   * A text in UTF-8, without its length.
   *
   * @return false when it has a NUL character
   */
  boolean putText(String text) {
    int chars = text.length();
    room(chars * 3);
    byte[] out = bytes;
    int at = length;
    for (int i = 0; i < chars; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        if (c == 0) {
          return false;
        }
        out[at++] = (byte) c;
      } else if (c < 0x800) {
        out[at++] = (byte) (0xC0 | c >> 6);
        out[at++] = (byte) (0x80 | c & 0x3F);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < chars
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        int point = Character.toCodePoint(c, text.charAt(++i));
        out[at++] = (byte) (0xF0 | point >> 18);
        out[at++] = (byte) (0x80 | point >> 12 & 0x3F);
        out[at++] = (byte) (0x80 | point >> 6 & 0x3F);
        out[at++] = (byte) (0x80 | point & 0x3F);
      } else {
        out[at++] = (byte) (0xE0 | c >> 12);
        out[at++] = (byte) (0x80 | c >> 6 & 0x3F);
        out[at++] = (byte) (0x80 | c & 0x3F);
      }
    }
    length = at;
    return true;
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
