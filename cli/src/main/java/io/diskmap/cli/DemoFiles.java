package io.diskmap.cli;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The tree of the demonstration: tables, documents, images, archives, recordings, of every size
 * from nothing to large, with unusual names among them. Stateless; the same tree each time.
 */
final class DemoFiles {
  private static final long MIB = 1L << 20;
  private static final int PATIENTS = 40;

  private DemoFiles() {}

  /** The tree, with one file of this size in it. */
  static List<DemoFile> tree(long large) {
    List<DemoFile> files = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < PATIENTS; i++) {
      String folder = String.format(Locale.ROOT, "cohort_1/patient_%03d/", i);
      files.add(DemoFile.of(folder + "visits.csv", table(random, 20 + i * 10)));
      files.add(DemoFile.of(folder + "record.json", record(i)));
      files.add(DemoFile.of(folder + "scan.png", image(16 + 4 * i)));
      files.add(DemoFile.of(folder + "notes.txt", text("Patient %d was seen.%n".formatted(i))));
      files.add(DemoFile.generated(folder + "recording.wav", 1 + 7919L * i, i));
    }
    files.add(DemoFile.of("empty", new byte[0]));
    files.add(DemoFile.of("one byte", new byte[] {1}));
    files.add(DemoFile.of("archives/tables.zip", zip(random)));
    files.add(DemoFile.of("archives/log.gz", gzip(text("line\n".repeat(50_000)))));
    files.add(DemoFile.of("names/größe ✓ 数据 🙂.txt", text("ünïcödé\n")));
    files.add(DemoFile.of("names/ends with a dot.", text("kept exactly\n")));
    files.add(DemoFile.of("names/100%25 & more?", text("never decoded\n")));
    for (long size : new long[] {4095, 4096, 65_536, MIB - 1, 4 * MIB}) {
      files.add(DemoFile.generated("sizes/" + size + ".bin", size, size));
    }
    files.add(DemoFile.generated("sizes/chunked-12MiB.bin", 12 * MIB + 1, 12));
    files.add(DemoFile.generated("large/video.mp4", large, 256));
    return files;
  }

  private static byte[] table(SplittableRandom random, int rows) {
    StringBuilder csv = new StringBuilder("visit;date;weight_kg;heart_rate\n");
    for (int row = 0; row < rows; row++) {
      csv.append(
          String.format(
              Locale.ROOT,
              "%d;2026-%02d-%02d;%.1f;%d%n",
              row,
              1 + row % 12,
              1 + row % 28,
              50 + random.nextDouble() * 50,
              55 + random.nextInt(60)));
    }
    return text(csv.toString());
  }

  private static byte[] record(int number) {
    return text(
        "{\"patient\": %d, \"consent\": true, \"languages\": [\"de\", \"日本語\"]}%n"
            .formatted(number));
  }

  /** A square of grey in the form of RFC 2083. */
  private static byte[] image(int side) {
    return bytes(
        out -> {
          out.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
          DataOutputStream data = new DataOutputStream(out);
          part(data, "IHDR", header(side));
          part(data, "IDAT", pixels(side));
          part(data, "IEND", new byte[0]);
        });
  }

  private static byte[] header(int side) {
    return bytes(
        out -> {
          DataOutputStream data = new DataOutputStream(out);
          data.writeInt(side);
          data.writeInt(side);
          data.write(new byte[] {8, 0, 0, 0, 0});
        });
  }

  private static byte[] pixels(int side) {
    return bytes(
        out -> {
          try (DeflaterOutputStream deflated = new DeflaterOutputStream(out)) {
            for (int y = 0; y < side; y++) {
              deflated.write(0);
              for (int x = 0; x < side; x++) {
                deflated.write(x * y);
              }
            }
          }
        });
  }

  private static void part(DataOutputStream out, String type, byte[] data) throws IOException {
    CRC32 sum = new CRC32();
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    sum.update(name);
    sum.update(data);
    out.writeInt(data.length);
    out.write(name);
    out.write(data);
    out.writeInt((int) sum.getValue());
  }

  private static byte[] zip(SplittableRandom random) {
    return bytes(
        out -> {
          try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (int i = 0; i < 10; i++) {
              zip.putNextEntry(new ZipEntry("table" + i + ".csv"));
              zip.write(table(random, 500));
              zip.closeEntry();
            }
          }
        });
  }

  private static byte[] gzip(byte[] content) {
    return bytes(
        out -> {
          try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
          }
        });
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @FunctionalInterface
  private interface Writing {
    void to(OutputStream out) throws IOException;
  }

  private static byte[] bytes(Writing writing) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      writing.to(out);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }
}
