package io.diskmap.internal.pipeline;

import io.diskmap.Cancellation;
import io.diskmap.Content;
import io.diskmap.ContentWriter;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * A save whose content the caller's code writes: its return commits, its exception aborts.
 *
 * <p>The writer runs in the calling thread, with all that belongs to it, and the save in a worker;
 * a pipe of fixed size holds the faster one back.
 */
final class WrittenSave {
  private WrittenSave() {}

  static FileMetadata run(
      Storage storage,
      String path,
      SaveOptions options,
      ContentWriter writer,
      ExecutorService threads)
      throws StorageException {
    Pipe pipe = new Pipe();
    Cancellation ended = Cancellation.create();
    Cancellation.Registration registration =
        options.call().cancellation().map(c -> c.onCancel(ended::cancel)).orElse(() -> {});
    try {
      SaveOptions watched = options.withCancellation(ended);
      Future<FileMetadata> save =
          threads.submit(
              () -> {
                try {
                  return storage.save(path, Content.of(pipe.input()), watched);
                } finally {
                  pipe.abandon();
                }
              });
      write(writer, pipe, save, ended);
      return result(save, ended);
    } finally {
      registration.close();
    }
  }

  private static void write(
      ContentWriter writer, Pipe pipe, Future<FileMetadata> save, Cancellation ended) {
    try (OutputStream out = pipe.output()) {
      writer.writeTo(out);
      pipe.end();
    } catch (IOException | RuntimeException e) {
      pipe.fail(e);
    } catch (Error e) {
      pipe.fail(e);
      try {
        result(save, ended);
      } catch (StorageException aborted) {
        e.addSuppressed(aborted);
      }
      throw e;
    }
  }

  /** The outcome of the save; an interrupt of the caller cancels it and is kept. */
  private static FileMetadata result(Future<FileMetadata> save, Cancellation ended)
      throws StorageException {
    boolean wasInterrupted = false;
    try {
      while (true) {
        try {
          return save.get();
        } catch (InterruptedException e) {
          wasInterrupted = true;
          ended.cancel();
        }
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof StorageException known
          ? known
          : StorageException.of(ErrorKind.UNKNOWN, "The save failed.", e.getCause());
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
