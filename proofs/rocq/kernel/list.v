(* SPDX-License-Identifier: Apache-2.0 *)
(* Lists of nodes over one pool, as the sequences that they hold, and for each node the list that it is in. That the links
   of the C hold these sequences is proved on the C (clauses ls01, ls02 of include/gale/kernel/list.h).

   Model               C (include/gale/kernel/list.h, src/kernel/list.c)
   OPushBack ...       gale_list_push_back, _push_front, _insert_after, _insert_before, _remove, _pop_front, _move
   OFirst, OLast       gale_list_first, _last;   ONext, OPrev   gale_list_next, _prev;   OOwner   gale_list_owner
   What a caller may not do (insert a node that is in a list, remove one that is in none) changes nothing here. *)

From Coq Require Import List Arith Lia Bool Permutation.
From Gale Require Import trace.
Import ListNotations.

Record pool := Pool { seqs : nat -> list nat; owner : nat -> option nat }.

Inductive op := OPushBack (l n : nat) | OPushFront (l n : nat) | OInsertAfter (p n : nat) | OInsertBefore (p n : nat)
              | ORemove (n : nat) | OPopFront (l : nat) | OMove (l n : nat)
              | OFirst (l : nat) | OLast (l : nat) | ONext (n : nat) | OPrev (n : nat) | OOwner (n : nat).

Definition upd {A : Type} (f : nat -> A) (k : nat) (v : A) : nat -> A := fun x => if x =? k then v else f x.
Definition drop (n : nat) (s : list nat) : list nat := remove Nat.eq_dec n s.

Definition put (x : pool) (l n : nat) (s : list nat) : pool := Pool (upd (seqs x) l s) (upd (owner x) n (Some l)).
Definition take (x : pool) (l n : nat) : pool := Pool (upd (seqs x) l (drop n (seqs x l))) (upd (owner x) n None).

Fixpoint before (p n : nat) (s : list nat) : list nat :=
  match s with [] => [] | y :: s' => if y =? p then n :: y :: s' else y :: before p n s' end.
Fixpoint behind (p n : nat) (s : list nat) : list nat :=
  match s with [] => [] | y :: s' => if y =? p then y :: n :: s' else y :: behind p n s' end.
Fixpoint next_of (n : nat) (s : list nat) : option nat :=
  match s with [] => None | y :: s' => if y =? n then hd_error s' else next_of n s' end.

Definition step (x : pool) (o : op) : pool * option nat :=
  match o with
  | OPushBack l n => match owner x n with None => (put x l n (seqs x l ++ [n]), None) | _ => (x, None) end
  | OPushFront l n => match owner x n with None => (put x l n (n :: seqs x l), None) | _ => (x, None) end
  | OInsertAfter p n => match owner x p, owner x n with Some l, None => (put x l n (behind p n (seqs x l)), None) | _, _ => (x, None) end
  | OInsertBefore p n => match owner x p, owner x n with Some l, None => (put x l n (before p n (seqs x l)), None) | _, _ => (x, None) end
  | ORemove n => match owner x n with Some l => (take x l n, None) | None => (x, None) end
  | OPopFront l => match seqs x l with n :: _ => (take x l n, Some n) | [] => (x, None) end
  | OMove l n => match owner x n with
                 | Some l0 => let y := take x l0 n in (put y l n (seqs y l ++ [n]), None)
                 | None => (x, None) end
  | OFirst l => (x, hd_error (seqs x l))
  | OLast l => (x, hd_error (rev (seqs x l)))
  | ONext n => (x, match owner x n with Some l => next_of n (seqs x l) | None => None end)
  | OPrev n => (x, match owner x n with Some l => next_of n (rev (seqs x l)) | None => None end)
  | OOwner n => (x, owner x n)
  end.

Definition init : pool := Pool (fun _ => []) (fun _ => None).

Definition ok (x : pool) : Prop := (forall l n, In n (seqs x l) <-> owner x n = Some l) /\ forall l, NoDup (seqs x l).

Lemma upd_same {A} (f : nat -> A) k v : upd f k v k = v.
Proof. unfold upd. now rewrite Nat.eqb_refl. Qed.
Lemma upd_other {A} (f : nat -> A) k v j : j <> k -> upd f k v j = f j.
Proof. unfold upd. intro H. apply Nat.eqb_neq in H. now rewrite H. Qed.

Lemma in_drop n s m : In m (drop n s) <-> In m s /\ m <> n.
Proof. unfold drop. split; [apply in_remove | intros [A B]; now apply in_in_remove]. Qed.

Lemma NoDup_drop n s : NoDup s -> NoDup (drop n s).
Proof.
  unfold drop. induction s as [| a s IH]; intro H; simpl; auto. inversion H; subst.
  destruct (Nat.eq_dec n a); auto. constructor; auto. intro I. apply in_remove in I. tauto.
Qed.

Lemma put_ok x l n s : ok x -> owner x n = None -> Permutation (n :: seqs x l) s -> ok (put x l n s).
Proof.
  intros [F N] O P.
  assert (NI : forall l', ~ In n (seqs x l')) by (intros l' I; apply F in I; congruence).
  split; simpl.
  - intros l' m. unfold upd. destruct (Nat.eqb_spec l' l); destruct (Nat.eqb_spec m n); subst.
    + split; auto. intros _. apply (Permutation_in n P). now left.
    + rewrite <- F. split; intro I; [apply (Permutation_in m (Permutation_sym P)) in I; destruct I; congruence || auto
                                    | apply (Permutation_in m P); now right].
    + split; intro I; [now apply NI in I | congruence].
    + apply F.
  - intro l'. unfold upd. destruct (l' =? l); auto. apply (Permutation_NoDup P). constructor; auto.
Qed.

Lemma take_ok x l n : ok x -> owner x n = Some l -> ok (take x l n) /\ owner (take x l n) n = None.
Proof.
  intros [F N] O. split; [| simpl; apply upd_same]. split; simpl.
  - intros l' m. unfold upd. destruct (Nat.eqb_spec l' l); destruct (Nat.eqb_spec m n); subst.
    + rewrite in_drop. split; [tauto | discriminate].
    + rewrite in_drop, F. tauto.
    + split; intro I; [apply F in I; congruence | discriminate].
    + apply F.
  - intro l'. unfold upd. destruct (l' =? l); auto. now apply NoDup_drop.
Qed.

Lemma before_perm p n s : In p s -> Permutation (n :: s) (before p n s).
Proof.
  induction s as [| y s IH]; simpl; [tauto|]. destruct (y =? p) eqn:E; auto. apply Nat.eqb_neq in E. intros [X | I]; [congruence|].
  eapply perm_trans; [apply perm_swap|]. constructor. auto.
Qed.
Lemma behind_perm p n s : In p s -> Permutation (n :: s) (behind p n s).
Proof.
  induction s as [| y s IH]; simpl; [tauto|]. destruct (y =? p) eqn:E; [intros; apply perm_swap|]. apply Nat.eqb_neq in E.
  intros [X | I]; [congruence|]. eapply perm_trans; [apply perm_swap|]. constructor. auto.
Qed.

Lemma step_ok x o : ok x -> ok (fst (step x o)).
Proof.
  intro H. pose proof H as [F N]. destruct o as [l n | l n | p n | p n | n | l | l n | l | l | n | n | n]; cbn [step]; auto.
  - destruct (owner x n) eqn:O; auto. apply put_ok; auto. apply Permutation_cons_append.
  - destruct (owner x n) eqn:O; auto. apply put_ok; auto.
  - destruct (owner x p) as [l |] eqn:P; auto. destruct (owner x n) eqn:O; auto. apply put_ok; auto. apply behind_perm. now apply F.
  - destruct (owner x p) as [l |] eqn:P; auto. destruct (owner x n) eqn:O; auto. apply put_ok; auto. apply before_perm. now apply F.
  - destruct (owner x n) as [l |] eqn:O; auto. now apply take_ok.
  - destruct (seqs x l) as [| n s] eqn:E; auto. apply take_ok; auto. apply F. rewrite E. now left.
  - destruct (owner x n) as [l0 |] eqn:O; auto. destruct (take_ok x l0 n H O) as [A B]. cbn [fst].
    apply put_ok; auto. apply Permutation_cons_append.
Qed.

(* LS01, LS03: over any trace each node is in the list that it names, once, and in no other. *)
Theorem ls01_well_formed t : ok (final step init t).
Proof.
  apply run_keeps with (K := fun _ => True); auto using step_ok.
  split; simpl; [intros l n; split; [tauto | discriminate] | constructor].
Qed.

Theorem ls03_in_one_list t n l l' : let x := final step init t in In n (seqs x l) -> In n (seqs x l') -> l = l'.
Proof. intros x A B. destruct (ls01_well_formed t) as [F _]. apply F in A, B. unfold x in *. congruence. Qed.

(* LS02: what each operation does to the sequences; the lists that it does not name stay as they are. *)
Theorem ls02_push_back x l n k : owner x n = None ->
  seqs (fst (step x (OPushBack l n))) k = if k =? l then seqs x l ++ [n] else seqs x k.
Proof. intro O. cbn [step]. rewrite O. reflexivity. Qed.

Theorem ls02_push_front x l n k : owner x n = None ->
  seqs (fst (step x (OPushFront l n))) k = if k =? l then n :: seqs x l else seqs x k.
Proof. intro O. cbn [step]. rewrite O. reflexivity. Qed.

Theorem ls02_insert x p n a b k l : ok x -> owner x n = None -> owner x p = Some l -> seqs x l = a ++ p :: b ->
  seqs (fst (step x (OInsertAfter p n))) k = (if k =? l then a ++ p :: n :: b else seqs x k) /\
  seqs (fst (step x (OInsertBefore p n))) k = (if k =? l then a ++ n :: p :: b else seqs x k).
Proof.
  intros [F N] O P E. cbn [step]. rewrite P, O. simpl. rewrite E. specialize (N l). rewrite E in N.
  assert (G : forall a, NoDup (a ++ p :: b) -> behind p n (a ++ p :: b) = a ++ p :: n :: b /\ before p n (a ++ p :: b) = a ++ n :: p :: b).
  { clear. induction a as [| y a IH]; intro H; simpl; [rewrite Nat.eqb_refl; auto|]. inversion H; subst.
    replace (y =? p) with false by (symmetry; apply Nat.eqb_neq; intro; subst; apply H2, in_or_app; right; now left).
    destruct (IH H3) as [-> ->]. auto. }
  destruct (G a N) as [-> ->]. auto.
Qed.

Theorem ls02_remove x n a b k l : ok x -> owner x n = Some l -> seqs x l = a ++ n :: b ->
  seqs (fst (step x (ORemove n))) k = if k =? l then a ++ b else seqs x k.
Proof.
  intros [F N] O E. cbn [step]. rewrite O. simpl. unfold upd. destruct (k =? l); auto. rewrite E.
  specialize (N l). rewrite E in N. apply NoDup_remove in N as [_ N]. unfold drop.
  rewrite remove_app. simpl. destruct (Nat.eq_dec n n); [| congruence].
  rewrite !notin_remove; auto; intro I; apply N, in_or_app; auto.
Qed.

Theorem ls02_pop_front x l : ok x ->
  match seqs x l with
  | [] => step x (OPopFront l) = (x, None)
  | n :: s => snd (step x (OPopFront l)) = Some n /\ seqs (fst (step x (OPopFront l))) l = s
  end.
Proof.
  intros [F N]. cbn [step]. destruct (seqs x l) as [| n s] eqn:E; auto. simpl. rewrite upd_same, E. split; auto.
  unfold drop. simpl. destruct (Nat.eq_dec n n); [| congruence]. apply notin_remove. specialize (N l). rewrite E in N.
  now inversion N.
Qed.

Theorem ls02_move x n l l0 k : ok x -> owner x n = Some l0 ->
  seqs (fst (step x (OMove l n))) k =
  (if k =? l then drop n (seqs x l) ++ [n] else if k =? l0 then drop n (seqs x l0) else seqs x k).
Proof.
  intros [F N] O. cbn [step]. rewrite O. simpl. unfold upd. destruct (k =? l) eqn:E; auto.
  destruct (l =? l0) eqn:G; [apply Nat.eqb_eq in G; now subst|]. f_equal. unfold drop. symmetry. apply notin_remove.
  intro I. apply F in I. apply Nat.eqb_neq in G. congruence.
Qed.
