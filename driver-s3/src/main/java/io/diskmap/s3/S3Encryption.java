package io.diskmap.s3;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/**
 * Puts encryption on the server and the storage class into requests. Immutable; any thread may use
 * it. A customer's key is read again for each request and goes with reads too.
 */
record S3Encryption(S3Options options) {
  private static final String ALGORITHM = "AES256";

  private record CustomerKey(String key, String md5) {}

  void apply(PutObjectRequest.Builder request) {
    options.storageClass().ifPresent(request::storageClass);
    switch (options.encryption()) {
      case NONE -> {}
      case S3 -> request.serverSideEncryption(ServerSideEncryption.AES256);
      case KMS -> {
        request.serverSideEncryption(ServerSideEncryption.AWS_KMS);
        options.kmsKey().ifPresent(request::ssekmsKeyId);
      }
      case CUSTOMER -> {
        CustomerKey key = customerKey();
        request.sseCustomerAlgorithm(ALGORITHM).sseCustomerKey(key.key);
        request.sseCustomerKeyMD5(key.md5);
      }
    }
  }

  void apply(CreateMultipartUploadRequest.Builder request) {
    options.storageClass().ifPresent(request::storageClass);
    switch (options.encryption()) {
      case NONE -> {}
      case S3 -> request.serverSideEncryption(ServerSideEncryption.AES256);
      case KMS -> {
        request.serverSideEncryption(ServerSideEncryption.AWS_KMS);
        options.kmsKey().ifPresent(request::ssekmsKeyId);
      }
      case CUSTOMER -> {
        CustomerKey key = customerKey();
        request.sseCustomerAlgorithm(ALGORITHM).sseCustomerKey(key.key);
        request.sseCustomerKeyMD5(key.md5);
      }
    }
  }

  void apply(CopyObjectRequest.Builder request) {
    options.storageClass().ifPresent(request::storageClass);
    switch (options.encryption()) {
      case NONE -> {}
      case S3 -> request.serverSideEncryption(ServerSideEncryption.AES256);
      case KMS -> {
        request.serverSideEncryption(ServerSideEncryption.AWS_KMS);
        options.kmsKey().ifPresent(request::ssekmsKeyId);
      }
      case CUSTOMER -> {
        CustomerKey key = customerKey();
        request.sseCustomerAlgorithm(ALGORITHM).sseCustomerKey(key.key);
        request.sseCustomerKeyMD5(key.md5);
        request.copySourceSSECustomerAlgorithm(ALGORITHM).copySourceSSECustomerKey(key.key);
        request.copySourceSSECustomerKeyMD5(key.md5);
      }
    }
  }

  void apply(UploadPartRequest.Builder request) {
    if (hasCustomerKey()) {
      CustomerKey key = customerKey();
      request.sseCustomerAlgorithm(ALGORITHM).sseCustomerKey(key.key);
      request.sseCustomerKeyMD5(key.md5);
    }
  }

  void apply(CompleteMultipartUploadRequest.Builder request) {
    if (hasCustomerKey()) {
      CustomerKey key = customerKey();
      request.sseCustomerAlgorithm(ALGORITHM).sseCustomerKey(key.key);
      request.sseCustomerKeyMD5(key.md5);
    }
  }

  void apply(ListPartsRequest.Builder request) {
    if (hasCustomerKey()) {
      CustomerKey key = customerKey();
      request.sseCustomerAlgorithm(ALGORITHM).sseCustomerKey(key.key);
      request.sseCustomerKeyMD5(key.md5);
    }
  }

  void apply(UploadPartCopyRequest.Builder request) {
    if (hasCustomerKey()) {
      CustomerKey key = customerKey();
      request.sseCustomerAlgorithm(ALGORITHM).sseCustomerKey(key.key);
      request.sseCustomerKeyMD5(key.md5);
      request.copySourceSSECustomerAlgorithm(ALGORITHM).copySourceSSECustomerKey(key.key);
      request.copySourceSSECustomerKeyMD5(key.md5);
    }
  }

  void apply(GetObjectRequest.Builder request) {
    if (hasCustomerKey()) {
      CustomerKey key = customerKey();
      request.sseCustomerAlgorithm(ALGORITHM).sseCustomerKey(key.key);
      request.sseCustomerKeyMD5(key.md5);
    }
  }

  void apply(HeadObjectRequest.Builder request) {
    if (hasCustomerKey()) {
      CustomerKey key = customerKey();
      request.sseCustomerAlgorithm(ALGORITHM).sseCustomerKey(key.key);
      request.sseCustomerKeyMD5(key.md5);
    }
  }

  private boolean hasCustomerKey() {
    return options.encryption() == S3Options.Encryption.CUSTOMER;
  }

  private CustomerKey customerKey() {
    String key = options.customerKey().orElseThrow().reveal().strip();
    try {
      byte[] digest = MessageDigest.getInstance("MD5").digest(Base64.getDecoder().decode(key));
      return new CustomerKey(key, Base64.getEncoder().encodeToString(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }
}
