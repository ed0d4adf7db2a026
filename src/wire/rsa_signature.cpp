#include "wire/rsa_signature.hpp"

#include "base/assert.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>

namespace spotvane::wire {

Result<std::string> rsa_sign(std::string_view private_key_pem, std::string_view data,
                             SignatureDigest digest) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory{
      BIO_new_mem_buf(private_key_pem.data(), static_cast<int>(private_key_pem.size())), &BIO_free};
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
      PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free};
  if (key == nullptr) {
    return fail(ErrorKind::InvalidInput, "sign: there is no private key in the PEM text");
  }
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free};
  const auto* kind = digest == SignatureDigest::Sha1 ? EVP_sha1() : EVP_sha256();
  std::size_t size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(data.data());
  const bool is_ready = EVP_DigestSignInit(context.get(), nullptr, kind, nullptr, key.get()) == 1 &&
                        EVP_DigestSign(context.get(), nullptr, &size, bytes, data.size()) == 1;
  SPOTVANE_ASSERT(is_ready);
  std::string signature(size, '\0');
  const int done = EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()),
                                  &size, bytes, data.size());
  SPOTVANE_ASSERT(done == 1);
  signature.resize(size);
  return signature;
}

}  // namespace spotvane::wire
